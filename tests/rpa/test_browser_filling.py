"""A form filled in one call holds what Playwright's own `fill` and `select_option` would put there, field by field."""

from urllib.parse import quote

import pytest
from conftest import Chrome

from rpa.browser import Field, Tab, fill, fill_form, go
from rpa.errors import FailureError, ReadBackError

FORM = """<label for=old>甲</label><input id=old value="what stood here before">
<label for=long>乙</label><textarea id=long>前</textarea>
<label for=day>丙</label><input id=day type=date>
<label for=many>丁</label><input id=many type=number value=7>
<label for=kind>戊</label><select id=kind><option value=C>制造业<option value=F>零售业</select>
<label for=none>己</label><input id=none value=gone>
<label for=secret>庚</label><input id=secret type=password>
<script>
var heard = [];
for (const name of ['input', 'change'])
  document.addEventListener(name, e => heard.push(`${name} ${e.target.id} ${e.target.value}`), true);
</script>"""
FIELDS = (
    *(Field("old", "甲"), Field("long", "乙", "long"), Field("day", "丙"), Field("many", "丁")),
    *(Field("kind", "戊", "choice"), Field("none", "己"), Field("secret", "庚", "password")),
)
VALUES = {
    **{"old": "甘肃省兰州市城关区'\"<b>&", "long": "第一行\n第二行 😀", "day": "2020-07-01"},
    **{"many": "12.5", "kind": "F", "none": "", "secret": "p ä ss"},
}


def show(chrome: Chrome, tab: Tab, body: str) -> None:
    chrome.run(go(tab, f"data:text/html;charset=utf-8,{quote(body)}"))


async def by_playwright(tab: Tab) -> None:
    for name, text in VALUES.items():
        if name == "kind":
            await tab.page.focus(f"#{name}")  # as a person does, and it does not
            await tab.page.select_option(f"#{name}", value=text)
        else:
            await tab.page.fill(f"#{name}", text)
    await tab.page.evaluate("document.activeElement.blur()")


def test_a_form_holds_and_its_page_hears_the_same_as_if_playwright_filled_it(chrome: Chrome, tab: Tab) -> None:
    seen = []
    for filled in (lambda: fill_form(tab, FIELDS, VALUES), lambda: by_playwright(tab)):
        show(chrome, tab, FORM)
        chrome.run(filled())
        held = {name: str(chrome.run(tab.page.input_value(f"#{name}"))) for name in VALUES}
        seen.append((held, chrome.run(tab.page.evaluate("heard"))))
    assert seen[0] == seen[1]
    assert seen[0][0] == VALUES
    assert "change kind F" in seen[0][1]


def test_a_page_cannot_tell_what_is_put_in_from_typing(chrome: Chrome, tab: Tab) -> None:
    show(chrome, tab, "<label for=a>账号</label><input id=a><script>a.oninput = e => a.title = e.isTrusted</script>")
    chrome.run(fill(tab, Field("n", "账号"), "6200"))
    assert chrome.run(tab.page.get_attribute("#a", "title")) == "true"


def test_what_a_field_is_too_short_for_is_noticed(chrome: Chrome, tab: Tab) -> None:
    show(chrome, tab, "<label for=a>账号</label><input id=a maxlength=5>")
    with pytest.raises(ReadBackError, match="does not hold what was typed into '账号'"):
        chrome.run(fill(tab, Field("n", "账号"), "620000"))


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ("b.remove()", "'户名' .* has gone"),
        ("b.disabled = true", "'户名' .* takes no input"),
        ("b.readOnly = true", "'户名'"),
    ],
)
def test_a_field_that_changes_while_the_form_is_filled_stops_it(
    chrome: Chrome, tab: Tab, later: str, said: str
) -> None:
    """The page takes the second field away when the first is filled; the third gets nothing."""
    labels = "".join(
        f"<label for={one}>{text}</label><input id={one}>"
        for one, text in zip("abc", ("账号", "户名", "电话"), strict=True)
    )
    show(chrome, tab, f"{labels}<script>a.oninput = () => {{ {later} }}</script>")
    fields = (Field("n", "账号"), Field("name", "户名"), Field("phone", "电话"))
    with pytest.raises(FailureError, match=said):
        chrome.run(fill_form(tab, fields, {"n": "1", "name": "2", "phone": "3"}))
    assert chrome.run(tab.page.input_value("#c")) == ""
