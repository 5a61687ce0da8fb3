"""The fields of a filing as the account-management system calls them, and what is typed into them.

Its name for the capital differs from the filing's, and it wants yuan. Choices are made by their text, as people do.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rpa.browser import Field, in_order
from rpa.browser.labels import normal
from rpa.browser.readback import is_same
from rpa.browser.reading import alerts, forms, has_heading, title
from rpa.errors import BusinessError, FailureError, ReadBackError, UnknownPageError, UnsureError
from rpa.filing import ACCOUNT_TYPES, CATEGORIES, CURRENCIES, INDUSTRIES, LABELS, NOT_STATED, Filing
from rpa.pages.refused import is_already_filed

__all__ = [
    "DETAILS_FORM",
    "KEY_FORM",
    "SYSTEM",
    "FilledForm",
    "by_field",
    "check_refusal",
    "field_named",
    "is_page",
    "read_form",
    "typed",
]

SYSTEM = "人民币银行结算账户管理系统"
_CAPITAL = "注册资金（元）"
_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    **{"depositor_name": ("单位名称",), "certificate_number": ("社会信用代码",), "phone": ("联系方式",)},
    **{"post_code": ("邮编",), "legal_representative": ("法定代表人（单位负责人）",), "industry": ("所属行业",)},
}
_CHOICES = ("account_type", "depositor_category", "industry", "capital_currency")


def _field(name: str) -> Field:
    kind = "choice" if name in _CHOICES else "long" if name == "business_scope" else "text"
    called, label = ("capital", _CAPITAL) if name == "capital_fen" else (name, LABELS[name])
    is_needed = name != "basic_account_number"
    return Field(called, label, kind, called, _OTHER_NAMES.get(name, ()), is_needed)


KEY_FORM = in_order(
    *(_field(name) for name in ("account_type", "certificate_number", "account_number", "bank_code", "opened_on"))
)
"""Key information (关键信息)."""
DETAILS_FORM = in_order(
    *(_field(name) for name in ("depositor_category", "depositor_name", "area_code", "phone", "address", "post_code")),
    *(_field(name) for name in ("legal_representative", "industry", "capital_fen", "capital_currency")),
    *(_field(name) for name in ("business_scope", "superior_unit", "basic_account_number")),
)
"""The depositor's details; the number of the basic account is asked of general accounts only."""
_FIELD_OF = {normal(label): name for name, label in LABELS.items()} | {normal(_CAPITAL): "capital_fen"}


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as it stands: why it was refused, and what its controls hold by name and by label of the field."""

    messages: tuple[str, ...]
    by_name: Mapping[str, str]
    by_label: Mapping[str, str]


def typed(filing: Filing) -> dict[str, str]:
    """Return what is typed or chosen for a filing, by the system's names.

    Examples
    --------
    >>> from rpa.filing import _example
    >>> typed(_example())["capital"], typed(_example())["industry"]
    ('5000000.00', '批发和零售业')
    """
    found = {name: getattr(filing, name) for name in LABELS if name not in ("bank_name", "capital_fen")}
    fen = filing.capital_fen
    found |= {
        "opened_on": filing.opened_on.isoformat(),
        "capital": NOT_STATED if fen is None else f"{fen // 100}.{fen % 100:02d}",
        "account_type": ACCOUNT_TYPES.get(filing.account_type, filing.account_type),
        "depositor_category": CATEGORIES.get(filing.depositor_category, filing.depositor_category),
        "industry": INDUSTRIES.get(filing.industry, filing.industry),
        "capital_currency": CURRENCIES.get(filing.capital_currency, filing.capital_currency),
    }
    if filing.account_type == "basic":
        del found["basic_account_number"]
    return found


def field_named(name: str) -> str:
    """Return a filing's name of what the system calls so."""
    return "capital_fen" if name == "capital" else name


def by_field(shown: Mapping[str, str], beyond: tuple[str, ...] = ()) -> dict[str, str]:
    """Return what a page shows by label, by field.

    Parameters
    ----------
    beyond
        Labels that are no fields of a filing, and are left out.

    Raises
    ------
    UnknownPageError
        If a label is not known: what it shows could not be compared with anything.

    Examples
    --------
    >>> by_field({"注册资金（元）": "5,000,000.00"})
    {'capital_fen': '5,000,000.00'}
    """
    found: dict[str, str] = {}
    for label, value in shown.items():
        name = _FIELD_OF.get(normal(label))
        if name is None:
            if label in beyond:
                continue
            raise UnknownPageError(f"the page shows {label!r:.40}, which is no field that is known")
        found[name] = value
    return found


def is_page(html: str, heading: str) -> bool:
    """Return whether a page of this system has a heading."""
    return SYSTEM in title(html) and has_heading(html, heading)


def read_form(html: str, button: str) -> FilledForm:
    """Return what the form with a button holds.

    Raises
    ------
    UnknownPageError
        If there is not one such form.
    """
    found = [form for form in forms(html) if button in form.buttons]
    if len(found) != 1:
        raise UnknownPageError(f"{len(found)} forms of the page have a button {button!r}, there must be one")
    by_name = {field_named(one.name): one.value for one in found[0].controls if one.name}
    by_label = {_FIELD_OF.get(normal(one.label), one.label): one.value for one in found[0].controls if one.label}
    return FilledForm(alerts(html), by_name, by_label)


def check_refusal(form: FilledForm, filing: Filing) -> None:
    """Raise what a form that came back means; nothing if it was not refused.

    A form with exchanged labels is refused for values that the source does not have: that is no business of the
    account's, and it is seen by what the form holds, by its names or by its labels.

    Raises
    ------
    ReadBackError
        If it holds otherwise than the source says.
    UnsureError
        If the account is on record already, by the system's words.
    FailureError
        If the system has lost what was begun; it can be begun again.
    BusinessError
        If a rule refuses the account.
    """
    if not form.messages:
        return
    said = "；".join(form.messages)
    if any("草稿" in message for message in form.messages):
        raise FailureError(f"the system has lost what was begun: {said:.80}")
    held = [(name, text) for values in (form.by_name, form.by_label) for name, text in values.items() if text]
    wrong = {name for name, text in held if name in LABELS and not is_same(filing, name, text)}
    if wrong:
        fields = tuple(name for name in LABELS if name in wrong)
        labels = "、".join(LABELS[name] for name in fields)
        raise ReadBackError(f"the form was refused ({said:.80}) and differs from the source in {labels}", fields)
    if is_already_filed(form.messages):
        raise UnsureError(f"the system says that it has the account: {said:.200}")
    raise BusinessError(f"the system refuses {filing.account_number}: {said:.300}")
