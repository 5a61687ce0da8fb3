"""Key information of a new filing (关键信息): the first step."""

from rpa.browser import Answer, Button, Tab, fill_form, press
from rpa.filing import Filing
from rpa.pages.accounts.forms import KEY_FORM, FilledForm, check_refusal, is_page, read_form, typed

__all__ = ["PATH", "check", "read", "recognise", "submit"]

PATH = "/filing/new"
_BUTTON = Button("下一步")


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return is_page(html, "账户备案 - 关键信息")


def read(html: str) -> FilledForm:
    """Return what the form holds, and why it was refused."""
    return read_form(html, _BUTTON.label)


def check(html: str, filing: Filing) -> None:
    """Raise why the form came back; as `forms.check_refusal`."""
    check_refusal(read(html), filing)


async def submit(tab: Tab, item: Filing) -> Answer:
    """Fill the form, and go on."""
    values = typed(item)
    await fill_form(tab, KEY_FORM, {field.name: values[field.name] for field in KEY_FORM})
    return await press(tab, _BUTTON)
