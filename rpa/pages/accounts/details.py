"""The depositor's details with industry (存款人信息): the second step."""

from rpa.browser import Answer, Button, Tab, fill_form, press
from rpa.filing import Filing
from rpa.pages.accounts.forms import DETAILS_FORM, FilledForm, check_refusal, is_page, read_form, typed

__all__ = ["check", "read", "recognise", "submit"]

_BUTTON = Button("下一步")


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return is_page(html, "账户备案 - 存款人信息")


def read(html: str) -> FilledForm:
    """Return what the form holds, and why it was refused."""
    return read_form(html, _BUTTON.label)


def check(html: str, filing: Filing) -> None:
    """Raise why the form came back; as `forms.check_refusal`."""
    check_refusal(read(html), filing)


async def submit(tab: Tab, item: Filing) -> Answer:
    """Fill the form, and go on."""
    values = typed(item)
    await fill_form(
        tab, DETAILS_FORM, {field.name: values[field.name] for field in DETAILS_FORM if field.name in values}
    )
    return await press(tab, _BUTTON)
