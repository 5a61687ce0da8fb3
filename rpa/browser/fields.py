"""Filling and clicking: a page is surveyed once, its controls are matched, and what was typed is looked at again.

A survey takes what people see of each control: the text of its label without the texts of controls that the label
wraps (the options of a wrapped list would join the label, and no exact look-up would find it), and the text beside it.
The elements that were surveyed are the elements that are filled: a page that changes in between fails, it does not get
values into other fields.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.browser.matching import Button, Candidate, Field, Match, Sought, resolve
from rpa.browser.session import Answer, Tab, answer_of, failures
from rpa.errors import DownloadError, FailureError, NotFoundOnPageError, ReadBackError, UnknownPageError

if TYPE_CHECKING:
    from playwright.async_api import ElementHandle

__all__ = ["attach", "candidates_of", "choose", "click", "download", "fill", "fill_form", "press", "survey"]

_SECOND_LOOK_SECONDS = 0.3
_CONTROLS = """() => [...document.querySelectorAll(
    'input:not([type=hidden]), select, textarea, button, a[href], [role=button], [role=link]')]
    .filter(e => !e.disabled && (e.checkVisibility ? e.checkVisibility() : e.offsetParent !== null))"""
_FACTS = """elements => {
  const inner = 'select, textarea, input, button, script, style';
  const words = node => {
    if (!node) return '';
    const copy = node.cloneNode(true);
    copy.querySelectorAll?.(inner).forEach(e => e.remove());
    return copy.textContent.replace(/\\s+/g, ' ').trim();
  };
  const kindOf = e => {
    const tag = e.tagName.toLowerCase(), type = (e.getAttribute('type') || '').toLowerCase();
    if (e.getAttribute('role') === 'button' || tag === 'button') return 'button';
    if (tag === 'a' || e.getAttribute('role') === 'link') return 'link';
    if (tag === 'select') return 'choice';
    if (tag === 'textarea') return 'long';
    if (['submit', 'button', 'image', 'reset'].includes(type)) return 'button';
    if (['password', 'file', 'checkbox', 'radio'].includes(type)) return type;
    return 'text';
  };
  const labelOf = (e, kind) => {
    const by = (e.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean);
    if (by.length) return by.map(id => words(document.getElementById(id))).join(' ').trim();
    if (e.getAttribute('aria-label')) return e.getAttribute('aria-label').trim();
    if (e.labels && e.labels.length) return [...e.labels].map(words).join(' ').trim();
    if (kind === 'button' || kind === 'link') return (e.value || e.innerText || e.title || '').trim();
    return (e.getAttribute('placeholder') || e.title || '').trim();
  };
  const besideOf = e => {
    for (let n = e.previousSibling; n; n = n.previousSibling)
      if (n.textContent.trim()) return words(n).slice(-40);
    const cell = e.closest('td, th, dd, div, p, li');
    return words(cell && cell.previousElementSibling).slice(-40);
  };
  const over = [...document.querySelectorAll('dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]')]
    .find(e => !e.checkVisibility || e.checkVisibility());
  return [over ? words(over) || over.tagName : '', elements.map(e => {
    const kind = kindOf(e), isField = !['button', 'link'].includes(kind);
    const name = e.getAttribute('name') || (kind === 'link' && e.getAttribute('href')) || e.id || '';
    return [kind, labelOf(e, kind), name, e.dataset.testid || '', isField ? besideOf(e) : ''];
  })];
}"""


async def survey(tab: Tab) -> "tuple[list[Candidate], list[ElementHandle]]":
    """Return what controls people can see and use on a page, and their elements in the same order.

    Raises
    ------
    UnknownPageError
        If the page shows a dialog of its own over everything: nobody types behind it.
    """
    held = await tab.page.evaluate_handle(_CONTROLS)
    over, facts = await held.evaluate(_FACTS)
    if over:
        raise UnknownPageError(f"the page shows a dialog that nobody knows: {over:.200}")
    by_number = await held.get_properties()
    elements = [by_number[str(number)].as_element() for number in range(len(facts))]
    return candidates_of(facts), [element for element in elements if element is not None]


def candidates_of(facts: Sequence[Sequence[str]]) -> list[Candidate]:
    """Return candidates with their neighbours and places; those of fields count fields alone.

    Examples
    --------
    >>> candidates_of([["text", "甲", "a", "", ""], ["button", "去", "", "", ""], ["text", "乙", "b", "", ""]])[2]
    Candidate(number=2, kind='text', label='乙', name='b', test_id='', beside='', neighbours=('甲', ''), place=1.0)
    """
    fields = [number for number, fact in enumerate(facts) if fact[0] not in ("button", "link")]
    labels = ["", *(facts[number][1] or facts[number][4] for number in fields), ""]
    spots = {number: spot for spot, number in enumerate(fields)}
    last = max(len(fields) - 1, 1)
    found = []
    for number, (kind, label, name, test_id, beside) in enumerate(facts):
        spot = spots.get(number)
        neighbours = ("", "") if spot is None else (labels[spot], labels[spot + 2])
        place = None if spot is None else spot / last
        found.append(Candidate(number, kind, label, name, test_id, beside, neighbours, place))
    return found


async def _find(tab: Tab, sought: Sequence[Sought]) -> "list[ElementHandle | None]":
    """Find controls, with a second look for pages that are slow to draw, and tell of each that was healed."""
    tab.check_dialogs()
    try:
        candidates, elements = await survey(tab)
        matches = resolve(sought, candidates)
    except NotFoundOnPageError:
        await asyncio.sleep(_SECOND_LOOK_SECONDS)
        tab.check_dialogs()
        candidates, elements = await survey(tab)
        matches = resolve(sought, candidates)
    tab.healed.extend(match.healed for match in matches if match is not None and match.healed is not None)
    return [_element(match, elements) for match in matches]


def _element(match: Match | None, elements: "Sequence[ElementHandle]") -> "ElementHandle | None":
    return None if match is None else elements[match.number]


async def fill_form(tab: Tab, fields: Sequence[Field], values: Mapping[str, str]) -> None:
    """Fill the fields of a form, and look whether each holds what it was given.

    Parameters
    ----------
    fields
        All that the form has.
    values
        By name of the field: text, or for a choice its value or text. A field without one is left as it is.

    Raises
    ------
    NotFoundOnPageError
        If a field or an option is not there, or there are several that could be it.
    ReadBackError
        If a field does not hold what it was given.
    UnknownPageError
        If a dialog came up.
    FailureError
        If it takes too long, or the browser has ended.
    """
    with failures("filling a form", tab.patience):
        elements = await _find(tab, fields)
        given: list[tuple[Field, ElementHandle]] = []
        for field, element in zip(fields, elements, strict=True):
            if field.name not in values:
                continue
            if element is None:
                raise NotFoundOnPageError(f"there is no field {field.label!r} ({field.name}) on the page")
            await _put(element, field, values[field.name])
            given.append((field, element))
        await _look_again(tab, given, values)


async def _put(element: "ElementHandle", field: Field, value: str) -> None:
    if field.kind != "choice":
        await element.fill(value)
        return
    options = await element.evaluate("e => [...e.options].map(o => [o.value, o.text.trim(), String(o.disabled)])")
    hits = [option for option in options if option[0] == value] or [option for option in options if option[1] == value]
    if len(hits) != 1 or hits[0][2] == "true":
        raise NotFoundOnPageError(
            f"{len(hits)} options of {field.label!r} are {value!r:.60}, there must be one to choose"
        )
    await element.select_option(value=hits[0][0])


async def _look_again(tab: Tab, given: "Sequence[tuple[Field, ElementHandle]]", values: Mapping[str, str]) -> None:
    held = await tab.page.evaluate(
        "es => es.map(e => e.options ? [e.value, e.selectedOptions[0]?.text.trim() ?? ''] : [e.value])",
        [element for _, element in given],
    )
    wrong = [
        field
        for (field, _), there in zip(given, held, strict=True)
        if _plain(values[field.name]) not in map(_plain, there)
    ]
    if wrong:
        names = tuple(field.name for field in wrong)
        raise ReadBackError(f"the form does not hold what was typed into {wrong[0].label!r}", names)
    tab.check_dialogs()


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


async def fill(tab: Tab, field: Field, value: str) -> None:
    """Fill one field; as `fill_form`."""
    await fill_form(tab, [field], {field.name: value})


async def choose(tab: Tab, field: Field, option: str) -> None:
    """Choose an option, by value or text, in a list; as `fill_form`."""
    await fill_form(tab, [field], {field.name: option})


async def attach(tab: Tab, field: Field, paths: Sequence[Path]) -> None:
    """Give files to a field of the kind `file`."""
    with failures(f"attaching files to {field.label!r}", tab.patience):
        (element,) = await _find(tab, [field])
        if element is not None:
            await element.set_input_files([str(path) for path in paths])


async def click(tab: Tab, button: Button) -> None:
    """Click, and wait for nothing."""
    with failures(f"clicking {button.label!r}", tab.patience):
        (element,) = await _find(tab, [button])
        if element is not None:
            await element.click()


async def press(tab: Tab, button: Button) -> Answer:
    """Click what leads to another page, and return that page.

    Raises
    ------
    NotFoundOnPageError, UnknownPageError
        If there is no such button, or a dialog came up before; nothing has been clicked then.
    FailureError
        If no answer comes in time; whether the system has taken what was sent is not known then.
    """
    with failures(f"clicking {button.label!r}", tab.patience):
        (element,) = await _find(tab, [button])
        if element is None:
            raise NotFoundOnPageError(f"there is no {button.label!r} on the page")
        async with tab.page.expect_navigation(wait_until="domcontentloaded") as waiting:
            await element.click(no_wait_after=True)
        return await answer_of(tab, await waiting.value)


async def download(tab: Tab, button: Button, name: str) -> Path:
    """Click what downloads a file, and return where it lies; whether it is whole is for its checksum to say.

    Parameters
    ----------
    name
        What the file is to be called in the tab's folder; what the system calls it is not trusted.

    Raises
    ------
    DownloadError
        If no file comes, or it breaks off.
    """
    path = tab.downloads / name
    try:
        with failures(f"downloading {name}", tab.patience):
            (element,) = await _find(tab, [button])
            if element is None:
                raise NotFoundOnPageError(f"there is no {button.label!r} on the page")
            async with tab.page.expect_download() as waiting:
                await element.click(no_wait_after=True)
            await (await waiting.value).save_as(path)
    except FailureError as error:
        path.unlink(missing_ok=True)
        raise DownloadError(str(error)) from None
    return path
