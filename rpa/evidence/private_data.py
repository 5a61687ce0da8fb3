"""What must not stand in a log though nobody has named it: passwords by their labels, identity cards, phones, accounts.

A number is masked but for its last four digits, by which people find an account. What is public stays: credit codes,
filing numbers, bank codes, hashes, the number of a basic account, days.

References
----------
GB 11643-1999 (identity-card numbers, 公民身份号码), JR/T 0171-2020 (personal financial information, 个人金融信息).
"""

import re
from datetime import datetime

from stdnum.cn import uscc

__all__ = [
    "MASK",
    "is_hash",
    "is_identity_card",
    "is_partial_name",
    "is_plain_name",
    "is_secret_name",
    "last_four",
    "masked_text",
]

MASK = "***"
_D = "[0-9０-９]"
_STRONG = "password|passwd|passphrase|secret|credential"
_ENGLISH = (
    rf"(?:{_STRONG}|token|captcha|(?:api|private|access|secret|list|session)[_-]?key"
    r"|(?<![A-Za-z])(?:pwd|pin|otp|key|session(?:[_-]?id)?)(?![A-Za-z]))[A-Za-z0-9_\]\-]{0,24}"
)
_CHINESE = "密码|口令|密钥|私钥|验证码|动态码"
_VALUE = r"""\\?"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s&;,，；。"'<>)}\]]+"""
_PEM = re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_IN_ADDRESS = re.compile(r"(://[^\s/:@?#]*:)[^\s/@]+(?=@)")
_INPUT = re.compile(r"<input\b[^>]{0,2000}>", re.IGNORECASE)
_INPUT_NAME = re.compile(rf"{_STRONG}|captcha|otp|{_CHINESE}", re.IGNORECASE)
_INPUT_VALUE = re.compile(r"""(\bvalue\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_HEADER = re.compile(
    r"(?i)((?<![A-Za-z])(?:proxy-)?(?:authorization|cookie|set-cookie)\\?[\"']?\s{0,8}[:=]\s{0,8})[^\r\n]+"
)
_NAMED = re.compile(
    rf"(?i)((?:{_ENGLISH}|{_CHINESE})\s{{0,8}}\\?[\"']?\s{{0,8}}(?:[:=：＝]|%3[AD]|为(?=\s{{0,8}}[!-~]))\s{{0,8}})({_VALUE})"
)
_GROUPS = re.compile(
    rf"(?<!{_D})(?:{_D}{{4}}(?:[ -]{_D}{{4}}){{2,7}}(?:[ -]{_D}{{1,3}})?"
    rf"|{_D}{{6}}[ -]{_D}{{8}}[ -]{_D}{{3}}[0-9Xx])(?!{_D})"
)
_PHONE = re.compile(
    rf"(?<!{_D})(?:(1[3-9]{_D})[ -]{_D}{{4}}[ -]({_D}{{4}})|(0{_D}{{2,3}}[-)）] ?){_D}{{3,4}}({_D}{{4}}))(?!{_D})"
)
_NUMBER = re.compile(rf"(?<!{_D})(?<![0-9]\.)(?:{_D}{{17}}[XxＸｘ]|{_D}{{8,}})(?!{_D})")
_PUBLIC = re.compile(r"[A-Z]{1,2}(?:[0-9]{8}|[0-9]{12})|J[0-9]{13}")
_HASH = re.compile(r"(?=.*[a-f])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})")
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
_SECRET_WORDS = {"password", "passwd", "passphrase", "pwd", "secret", "secrets", "credentials", "credential"}
_SECRET_LAST = {
    "key",
    "keys",
    "token",
    "cookie",
    "cookies",
    "authorization",
    "otp",
    "pin",
    "captcha",
    "pass",
    "session",
}
_PARTIAL = ("phone", "mobile", "telephone", "account_number", "card_number", "id_number", "identity", "id_card")
_PARTIAL_ZH = ("电话", "手机", "账号", "卡号", "身份证", "证件号")
_PLAIN = {"filing_id", "account", "bank_code", "area_code", "post_code", "receipt", "receipt_number"}
_PLAIN_ENDS = ("_fen", "_at", "_on", "sha256", "hash", "_bytes", "_seconds", "basic_account_number")


def masked_text(text: str, *, numbers: bool = True) -> str:
    """Return a text without what must not be read in it.

    Parameters
    ----------
    numbers
        Whether long numbers are masked; identity cards always are.

    Examples
    --------
    >>> masked_text("账号3018210000000105，查询密码：123456，电话 0931-8880001")
    '账号************0105，查询密码：***，电话 0931-***0001'
    >>> masked_text("L202007010001 of 91620100126154355R from 2026-07-01 to 20260702")
    'L202007010001 of 91620100126154355R from 2026-07-01 to 20260702'
    """
    text = _PEM.sub(rf"\1 {MASK} \2", text)
    text = _IN_ADDRESS.sub(rf"\1{MASK}", text)
    text = _INPUT.sub(_masked_input, text)
    text = _HEADER.sub(rf"\1{MASK}", text)
    text = _NAMED.sub(rf"\1{MASK}", text)
    if numbers:
        text = _PHONE.sub(_masked_phone, text)
        text = _GROUPS.sub(lambda found: last_four(re.sub("[ -]", "", found.group())), text)
    return _NUMBER.sub(lambda found: _masked_number(found, numbers), text)


def last_four(text: str) -> str:
    """Return a number of which only the last four digits can be read; of a short one nothing.

    Examples
    --------
    >>> last_four("3018210000000105"), last_four("0105")
    ('************0105', '****')
    """
    return "*" * max(len(text) - 4, 0) + text[-4:] if len(text) > 4 else "*" * len(text)


def is_identity_card(text: str) -> bool:
    """Return whether a text is the number of an identity card: 18 characters, a day of birth, the check character.

    Examples
    --------
    >>> is_identity_card("11010519491231002X"), is_identity_card("110105194912310021")
    (True, False)
    """
    if len(text) != 18 or not text[:17].isdecimal() or not text.isascii() or not _is_day(text[6:14]):
        return False
    rest = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(text[:17])) % 11
    return "10X98765432"[rest] == text[17].upper()


def is_hash(text: str) -> bool:
    """Return whether a text is a hash in hexadecimal, as evidence needs it whole.

    Examples
    --------
    >>> is_hash("da39a3ee5e6b4b0d3255bfef95601890afd80709"), is_hash("3018210000000105")
    (True, False)
    """
    return _HASH.fullmatch(text) is not None


def is_secret_name(name: str) -> bool:
    """Return whether what bears this name is a secret as a whole.

    Examples
    --------
    >>> [is_secret_name(name) for name in ("userPassword", "list_key", "查询密码", "key_information", "name")]
    [True, True, True, False, False]
    """
    words = [word.lower() for word in _WORD.findall(name)]
    is_english = bool(words) and (not _SECRET_WORDS.isdisjoint(words) or words[-1] in _SECRET_LAST)
    return is_english or re.search(_CHINESE, name) is not None


def is_partial_name(name: str) -> bool:
    """Return whether of what bears this name only the last four digits may be read.

    Examples
    --------
    >>> [is_partial_name(name) for name in ("phone", "联系电话", "account_number", "basic_account_number")]
    [True, True, True, False]
    """
    lower = name.lower()
    return not is_plain_name(name) and (any(word in lower for word in _PARTIAL) or any(w in name for w in _PARTIAL_ZH))


def is_plain_name(name: str) -> bool:
    """Return whether long numbers that bear this name are public or no numbers of accounts.

    Examples
    --------
    >>> [is_plain_name(name) for name in ("bank_code", "capital_fen", "filed_at", "sha256", "phone")]
    [True, True, True, True, False]
    """
    return name in _PLAIN or name.endswith(_PLAIN_ENDS)


def _masked_input(found: re.Match[str]) -> str:
    tag = found.group()
    return _INPUT_VALUE.sub(rf'\1"{MASK}"', tag) if _INPUT_NAME.search(tag) else tag


def _masked_phone(found: re.Match[str]) -> str:
    mobile, last, area, tail = found.groups()
    return f"{mobile or area}{MASK}{last or tail}"


def _masked_number(found: re.Match[str], numbers: bool) -> str:
    text, whole = found.group(), found.string
    start, end = found.span()
    while start and whole[start - 1].isascii() and whole[start - 1].isalnum():
        start -= 1
    while end < len(whole) and whole[end].isascii() and whole[end].isalnum():
        end += 1
    token = whole[start:end]
    is_card = is_identity_card(text)
    if not is_card and (not numbers or _is_public(token)):
        return text
    if len(text) == 11 and text[0] == "1":
        return f"{text[:3]}****{text[-4:]}"
    return last_four(text)


def _is_public(token: str) -> bool:
    is_code = len(token) == 18 and token.isascii() and bool(uscc.is_valid(token))
    return is_code or _is_day(token) or is_hash(token) or _PUBLIC.fullmatch(token) is not None


def _is_day(text: str) -> bool:
    if len(text) != 8 or not text.isascii() or not text.isdecimal() or text[:2] not in ("19", "20"):
        return False
    try:
        datetime.strptime(text, "%Y%m%d")
    except ValueError:
        return False
    return True
