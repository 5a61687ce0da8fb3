"""Masking: no secret comes out, in whatever form it goes in; what people find an account by stays."""

import base64
import html
import json
import logging
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from rpa.errors import FailureError, SecretError
from rpa.evidence import Masking, MaskingFormatter
from rpa.evidence.private_data import is_identity_card

PASSWORD = "Gù&n \"li'9\\x+%"
SECRETS = st.text(st.sampled_from("abcXYZ0189@#&%+ /\\\"'<>=?.-_*密口令银é"), min_size=4, max_size=24).filter(
    lambda text: text.strip("*") != "" and text.strip() != ""
)
NEIGHBOURS = st.text(st.sampled_from("xyz 0=&?/:;银"), max_size=8)
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "in a path": quote,
    "in a query": quote_plus,
    "wholly percent-encoded": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "in the encoding of the central bank's pages": lambda text: quote(text, encoding="gb18030"),
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "in a page": html.escape,
    "as references": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in JSON with its letters": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "as Python shows it": lambda text: repr(text)[1:-1],
    "as bytes": lambda text: repr(text.encode())[2:-1],
    "in hexadecimal": lambda text: text.encode().hex(),
    "in an exception": lambda text: repr(ValueError(text)),
}


def decoded(text: str) -> Iterator[str]:
    """What a reader of a log could make of it."""
    yield text
    for read in (unquote, unquote_plus, html.unescape):
        yield read(text)
        yield read(read(text))
    yield unquote(text, encoding="gb18030", errors="replace")


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield str(value)


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None)
@given(secret=SECRETS, before=NEIGHBOURS, after=NEIGHBOURS)
def test_no_known_secret_comes_out_in_any_form(form: str, secret: str, before: str, after: str) -> None:
    masked = Masking([secret]).text(f"{before}{FORMS[form](secret)}{after}")
    assert FORMS[form](secret) not in masked
    assert not any(secret in read for read in decoded(masked))


@settings(deadline=None)
@given(secret=SECRETS.filter(lambda text: len(text.encode()) >= 6), before=st.binary(max_size=7), after=st.binary())
def test_no_known_secret_comes_out_in_base_64(secret: str, before: bytes, after: bytes) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        masked = Masking([secret]).text(f"x {encode(before + secret.encode() + after).decode()} y")
        kept = masked.replace("***", "!").replace("-", "+").replace("_", "/")
        parts = [part for part in kept.replace("!", " ").split() if len(part) > 3]
        shown = b"".join(base64.b64decode(part + "=" * (-len(part) % 4), validate=False) for part in parts[1:-1])
        assert secret.encode() not in shown
        assert encode(before + secret.encode() + after).decode() not in masked


@settings(deadline=None)
@given(secret=SECRETS, cuts=st.lists(st.integers(1, 23), max_size=5), as_list=st.booleans(), backwards=st.booleans())
def test_no_known_secret_comes_out_spread_over_fields(
    secret: str, cuts: list[int], as_list: bool, backwards: bool
) -> None:
    places = sorted({0, len(secret), *(cut for cut in cuts if cut < len(secret))})
    parts = [secret[start:end] for start, end in pairwise(places)]
    if as_list:
        record: Any = {"typed": ["x", *parts], "at": 3}
        assert secret not in "".join(leaves(Masking([secret]).record(record)))
        return
    names = [f"f{place}" for place in range(len(parts))]
    pairs = list(zip(names, parts, strict=True))
    record = dict(reversed(pairs) if backwards else pairs)  # in order only once a log has sorted its names
    masked = Masking([secret]).record({"form": record})
    assert secret not in "".join(masked["form"][name] for name in names)


def test_a_code_typed_digit_by_digit_is_masked_as_numbers_too() -> None:
    assert Masking(["482913"]).record({"digits": [4, 8, 2, 9, 1, 3], "n": 7}) == {"digits": ["***"] * 6, "n": 7}


@pytest.mark.parametrize("where", ["key", "value", "depth", "cause", "bytes key", "object"])
def test_a_secret_is_found_wherever_in_a_record_it_hides(where: str) -> None:
    error = FailureError("the page failed")
    error.__cause__ = ValueError(f"/login?p={quote(PASSWORD)}")
    hidden: dict[str, Any] = {
        "key": {PASSWORD: 1},
        "value": {"said": f"<{PASSWORD}>"},
        "depth": {"a": [({"b": (PASSWORD,)},)]},
        "cause": {"error": error},
        "bytes key": {"list": b"\x07" * 16, "text": (b"\x07" * 16).hex()},
        "object": {"x": type("Shown", (), {"__str__": lambda self: PASSWORD})()},
    }
    written = json.dumps(Masking([PASSWORD, b"\x07" * 16]).record(hidden[where]), ensure_ascii=False)
    assert PASSWORD not in json.loads(f"[{json.dumps(written)}]")[0]
    assert not any(form(PASSWORD) in written for form in FORMS.values())
    assert "07" * 16 not in written
    assert "***" in written or where == "bytes key"


def test_a_record_may_be_as_deep_or_round_as_it_likes() -> None:
    deep: list[Any] = [PASSWORD]
    for _ in range(500):
        deep = [deep]
    assert PASSWORD not in str(Masking([PASSWORD]).record(deep))
    deep[0] = deep
    assert "***" in str(Masking([PASSWORD]).record(deep))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("password=hunter22&user=clerk", "password=***&user=clerk"),
        ('{"user_password": "hunter 22", "user": "clerk"}', '{"user_password": ***, "user": "clerk"}'),
        ("POST password%3Dhunter22%26", "POST password%3D***"),
        ("查询密码：482913，账号 3018210000000105", "查询密码：***，账号 ************0105"),
        ("查询密码为482913", "查询密码为***"),
        ("Authorization: Bearer abc.def\nHost: x", "Authorization: ***\nHost: x"),
        ("Cookie: session=abc; other=d", "Cookie: ***"),
        ("https://clerk:hunter22@host/path", "https://clerk:***@host/path"),
        ('<input name="password" value="hunter22">', '<input name="password" value="***">'),
        ("<input value=hunter22 type=password>", '<input value="***" type=password>'),
        ("身份证 11010519491231002X", "身份证 **************002X"),
        ("身份证 110105 19491231 002X 号", "身份证 **************002X 号"),
        ("手机13800138000。", "手机138****8000。"),
        ("138 0013 8000 或 138-0013-8000", "138***8000 或 138***8000"),
        ("电话(0931) 8880001", "电话(0931) ***0001"),
        ("卡 6222 0210 0111 6245 702", "卡 ***************5702"),
        ("acct3018210000000105x", "acct************0105x"),
        ("３０１８２１０００００００１０５", "************０１０５"),
    ],
)
def test_what_is_labelled_or_looks_like_a_secret_is_masked(text: str, masked: str) -> None:
    assert Masking().text(text) == masked


@pytest.mark.parametrize(
    "piece", ["\\", "<input ", "password ", " ", "://a:", "%25", "&#0", "0", "-----BEGIN PRIVATE KEY-----", '"']
)
def test_a_text_of_nothing_but_marks_is_read_to_its_end(piece: str) -> None:
    text = f"password{piece * (100_000 // len(piece))}{PASSWORD}"
    assert PASSWORD not in Masking([PASSWORD, "?secret", b"\x07" * 16]).text(text)


def test_a_private_key_is_masked_even_if_its_end_is_cut_off() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n"
    assert "MC4CAQ" not in Masking().text(key)
    assert "MC4CAQ" not in Masking().text(f"{key}-----END PRIVATE KEY-----\n")


@pytest.mark.parametrize(
    "text",
    [
        "L00000001 and L202007010001 were filed at 2026-07-01T09:15:00+08:00",
        "用户名或密码错误",
        "the password was refused; the token is 7",
        "91620100126154355R, J8210000015838, 730030",
        f"sha256 {'1234567890ab' * 5}cdef",
        "20260701: 0.123456789012 s",
        "key information (关键信息) is next",
    ],
)
def test_what_people_find_an_account_by_is_not_masked(text: str) -> None:
    assert Masking([PASSWORD]).text(text) == text


def test_names_say_how_much_of_a_value_may_be_read() -> None:
    record = {
        "filing_id": "202607010000000001",
        "bank_code": "301821000019",
        "capital_fen": 8_650_000_000_000,
        "phone": "8880001",
        "account_number": "3018-2100-0000-0105",
        "list_key": [1, 2],
        "fields": [{"label": "查询密码", "value": "482913"}, {"label": "联系电话", "value": "8880001"}],
        "pairs": [("密码", "x"), ("名称", "y")],
        "papers": {"法定代表人身份证.pdf": "0123456789" * 6 + "abcd"},
        "ok": True,
        "nothing": None,
        "seconds": 1.5,
    }
    assert Masking().record(record) == {
        **record,
        "phone": "***0001",
        "account_number": "****-****-****-0105",
        "list_key": "***",
        "fields": [{"label": "查询密码", "value": "***"}, {"label": "联系电话", "value": "***0001"}],
        "pairs": [["密码", "***"], ["名称", "y"]],
    }


# one in thirty numbers of 18 digits is by chance a firm's code, which is public
numbers = st.from_regex(r"[1-9][0-9]{11,24}", fullmatch=True).filter(lambda digits: not uscc.is_valid(digits))


@settings(deadline=None)
@given(numbers, NEIGHBOURS.filter(lambda text: not set(text) & {"0"}))
def test_of_an_account_number_the_last_four_digits_stay_and_no_more(number: str, before: str) -> None:
    masked = Masking().text(f"{before}{number} 号")
    assert masked.endswith(f"*{number[-4:]} 号")
    assert number[-5:] not in masked


@settings(deadline=None)
@given(st.integers(0, 10**9 - 1), st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_an_identity_card_is_masked_even_where_numbers_are_public(some: int, born: date) -> None:
    first = f"{some % 899_999 + 100_000}{born:%Y%m%d}{some % 1000:03d}"
    card = next(first + last for last in "0123456789X" if is_identity_card(first + last))
    masked = Masking().record({"receipt": f"经办人{card}", "certificate_number": card})
    assert card[:-4] not in str(masked)
    assert card[-4:] in masked["receipt"]


@pytest.mark.parametrize("secret", ["", "abc", "****", b"abc"])
def test_what_is_too_short_to_be_masked_is_refused_and_not_named(secret: str | bytes) -> None:
    with pytest.raises(SecretError) as refused:
        Masking([secret])
    assert "abc" not in str(refused.value)


def test_a_mask_does_not_show_what_it_knows() -> None:
    masking = Masking([PASSWORD])
    assert PASSWORD not in repr(masking) + str(masking)


def test_a_traceback_in_the_log_is_masked() -> None:
    stream: list[str] = []
    handler = logging.Handler()
    handler.setFormatter(MaskingFormatter(Masking([PASSWORD])))
    # A handler that keeps its lines.
    handler.emit = lambda record: stream.append(handler.format(record))  # type: ignore[method-assign]  # instead of the console
    logger = logging.Logger("rpa")
    logger.addHandler(handler)
    try:
        raise FailureError(f"log-in with {PASSWORD}")
    except FailureError:
        logger.exception("tried %s", quote(PASSWORD))
    assert "FailureError" in stream[0]
    assert not any(form(PASSWORD) in stream[0] for form in FORMS.values())
