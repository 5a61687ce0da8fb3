"""Reading pages: headings, tables of label and value, error regions, links and forms, out of HTML alone.

The HTML is what the browser understood, so encodings are behind us. Readers are strict: a label that stands twice with
two values is not read at all.

References
----------
Lexbor, the HTML parser (a living-standard parser) behind selectolax.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rpa.browser.labels import normal
from rpa.errors import MissingExtraError, UnknownPageError

try:
    from selectolax.lexbor import LexborHTMLParser, LexborNode
except ModuleNotFoundError:
    raise MissingExtraError("reading pages needs selectolax: pip install -e '.[rpa]'") from None

__all__ = [
    "ERROR_REGIONS",
    "Control",
    "Form",
    "alerts",
    "forms",
    "has_heading",
    "headings",
    "links",
    "pairs",
    "rows",
    "text_at",
    "texts_at",
    "title",
]

ERROR_REGIONS = "[role=alert], .faults"
"""Where pages say what is wrong."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control of a form, as it stands in the page: its name, label, kind and value."""

    name: str
    label: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it goes, how, its controls, and what its buttons say."""

    action: str
    method: str
    controls: tuple[Control, ...] = ()
    buttons: tuple[str, ...] = ()
    by_name: Mapping[str, Control] = field(default_factory=dict)


def title(html: str) -> str:
    """Return the title of a page.

    Examples
    --------
    >>> title("<title> 首页 - 系统 </title>")
    '首页 - 系统'
    """
    return text_at(html, "title")


def headings(html: str) -> tuple[str, ...]:
    """Return the headings of a page, in order.

    Examples
    --------
    >>> headings("<h1>甲</h1><p>x</p><h2>乙 <b>丙</b></h2>")
    ('甲', '乙 丙')
    """
    return tuple(_words(node) for node in LexborHTMLParser(html).css("h1, h2, h3"))


def text_at(html: str, selector: str) -> str:
    """Return the text of the first element that a CSS selector names, an empty text if there is none."""
    node = LexborHTMLParser(html).css_first(selector)
    return "" if node is None else _words(node)


def texts_at(html: str, selector: str) -> tuple[str, ...]:
    """Return the texts of all elements that a CSS selector names.

    Examples
    --------
    >>> texts_at("<p>甲</p><p> 乙 </p>", "p")
    ('甲', '乙')
    """
    return tuple(_words(node) for node in LexborHTMLParser(html).css(selector))


def alerts(html: str, regions: str = ERROR_REGIONS) -> tuple[str, ...]:
    """Return the messages in a page's error regions.

    Examples
    --------
    >>> alerts("<div role=alert><p>账号错误</p><p>日期错误</p></div>"), alerts("<div class=faults>不行</div>")
    (('账号错误', '日期错误'), ('不行',))
    """
    found: list[str] = []
    for region in LexborHTMLParser(html).css(regions):
        parts = [_words(part) for part in region.css("p, li")] or [_words(region)]
        found += [part for part in parts if part]
    return tuple(dict.fromkeys(found))


def pairs(html: str, selector: str = "table") -> dict[str, str]:
    """Return the values of a table whose rows are a label and a value, by label.

    Raises
    ------
    UnknownPageError
        If a label stands there twice with two values, or a row has several values for one label.

    Examples
    --------
    >>> pairs("<table><tr><th>账号：</th><td> 62 00 </td></tr></table>")
    {'账号': '62 00'}
    """
    found: dict[str, str] = {}
    for row in _rows(html, selector):
        cells = [cell for cell in row.iter() if cell.tag in ("th", "td")]
        if len(cells) < 2 or any(cell.css_first("input, select, textarea") for cell in cells):
            continue  # a caption, or a row of a form
        if len(cells) % 2:
            raise UnknownPageError(f"a row of the page is no label with a value: {_words(row)!r:.80}")
        for head, cell in zip(cells[::2], cells[1::2], strict=True):
            label, value = _words(head).rstrip(":：* "), _words(cell)
            if found.setdefault(label, value) != value:
                raise UnknownPageError(f"the page says two things of {label!r}: {found[label]!r:.40} and {value!r:.40}")
    return found


def rows(html: str, selector: str = "table") -> list[dict[str, str]]:
    """Return the rows of a table with a line of headings, each by heading.

    Examples
    --------
    >>> rows("<table><tr><th>编号</th><th>状态</th></tr><tr><td>1</td><td>待报</td></tr></table>")
    [{'编号': '1', '状态': '待报'}]
    """
    lines = [[cell for cell in row.iter() if cell.tag in ("th", "td")] for row in _rows(html, selector)]
    if not lines or any(cell.tag != "th" for cell in lines[0]):
        return []
    heads = [_words(cell) for cell in lines[0]]
    body = [[_words(cell) for cell in line] for line in lines[1:] if line]
    if any(len(line) != len(heads) for line in body):
        return []
    return [dict(zip(heads, line, strict=True)) for line in body]


def links(html: str) -> dict[str, str]:
    """Return where the links of a page lead, by text; of several with one text the first.

    Examples
    --------
    >>> links('<a href="/query">账户查询</a>')
    {'账户查询': '/query'}
    """
    found: dict[str, str] = {}
    for node in LexborHTMLParser(html).css("a[href]"):
        found.setdefault(_words(node), node.attributes.get("href") or "")
    return found


def forms(html: str) -> tuple[Form, ...]:
    """Return the forms of a page, with what their controls hold.

    Examples
    --------
    >>> page = '<form action="/q"><label for=a>账号</label><input id=a name=n value=62><button>查询</button></form>'
    >>> forms(page)[0].by_name["n"], forms(page)[0].buttons
    (Control(name='n', label='账号', kind='text', value='62'), ('查询',))
    """
    tree = LexborHTMLParser(html)
    return tuple(_form(tree, node) for node in tree.css("form"))


def _form(tree: LexborHTMLParser, node: LexborNode) -> Form:
    controls = tuple(_control(tree, one) for one in node.css("input, select, textarea"))
    buttons = tuple(_words(one) for one in node.css("button"))
    attributes = node.attributes
    return Form(
        attributes.get("action") or "",
        (attributes.get("method") or "get").lower(),
        controls,
        buttons,
        {one.name: one for one in controls},
    )


def _control(tree: LexborHTMLParser, node: LexborNode) -> Control:
    attributes = node.attributes
    kind = {"select": "choice", "textarea": "long"}.get(node.tag or "", attributes.get("type") or "text")
    return Control(attributes.get("name") or "", _label(tree, node), kind, _value(node))


def _value(node: LexborNode) -> str:
    if node.tag == "textarea":
        return node.text(deep=True)
    if node.tag == "select":
        chosen = node.css_first("option[selected]") or node.css_first("option")
        return "" if chosen is None else (chosen.attributes.get("value") or "")
    return node.attributes.get("value") or ""


def _label(tree: LexborHTMLParser, node: LexborNode) -> str:
    identity = node.attributes.get("id")
    for label in tree.css("label"):
        wraps = any(one == node for one in label.css("input, select, textarea"))
        if wraps or (identity and label.attributes.get("for") == identity):
            return _words(label)
    return node.attributes.get("aria-label") or ""


def _rows(html: str, selector: str) -> list[LexborNode]:
    table = LexborHTMLParser(html).css_first(selector)
    return [] if table is None else table.css("tr")


def has_heading(html: str, *wanted: str) -> bool:
    """Return whether the first heading of a page is one of these."""
    first = next(iter(headings(html)), "")
    return normal(first) in {normal(one) for one in wanted}


_UNSEEN = frozenset({"select", "textarea", "input", "script", "style", "-comment", "template"})
_INLINE = frozenset({"a", "b", "strong", "em", "i", "span", "u", "font", "small", "mark", "sub", "sup", "label"})


def _words(node: LexborNode) -> str:
    """Text as people see it: without what controls hold, blanks run together, no blank where inline marks end."""
    return " ".join(_raw(node).split())


def _raw(node: LexborNode) -> str:
    parts = []
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            parts.append(child.text())
        elif child.tag not in _UNSEEN:
            parts.append(_raw(child) if child.tag in _INLINE else f" {_raw(child)} ")
    return "".join(parts)
