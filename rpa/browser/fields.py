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

from rpa.browser.acts import act
from rpa.browser.matching import Button, Candidate, Field, Match, Sought, resolve
from rpa.browser.scripts import CONTROLS, FACTS, HELD, PUT, SPOT
from rpa.browser.session import Answer, Tab, answer_of
from rpa.errors import DownloadError, FailureError, NotFoundOnPageError, ReadBackError, RpaError, UnknownPageError

if TYPE_CHECKING:
    from playwright.async_api import JSHandle

__all__ = ["attach", "candidates_of", "choose", "click", "download", "fill", "fill_form", "press", "survey"]

_SECOND_LOOK_SECONDS = 0.3


async def survey(tab: Tab) -> "tuple[list[Candidate], JSHandle]":
    """Return what controls people can see and use on a page, and a handle on their elements in the same order.

    Raises
    ------
    UnknownPageError
        If the page shows a dialog of its own over everything: nobody types behind it.
    """
    held = await tab.page.evaluate_handle(CONTROLS)
    over, facts = await held.evaluate(FACTS)
    if over:
        raise UnknownPageError(f"the page shows a dialog that nobody knows: {over:.200}")
    return candidates_of(facts), held


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


async def _find(tab: Tab, sought: Sequence[Sought]) -> "tuple[list[Match | None], JSHandle]":
    """Find controls, with a second look for pages that are slow to draw, and tell of each that was healed."""
    tab.check_dialogs()
    try:
        candidates, held = await survey(tab)
        matches = resolve(sought, candidates)
    except NotFoundOnPageError:
        await asyncio.sleep(_SECOND_LOOK_SECONDS)
        tab.check_dialogs()
        candidates, held = await survey(tab)
        matches = resolve(sought, candidates)
    tab.healed.extend(match.healed for match in matches if match is not None and match.healed is not None)
    return matches, held


async def _only(tab: Tab, sought: Sought) -> "tuple[JSHandle, int]":
    """Find one control, and return all with its number.

    Raises
    ------
    NotFoundOnPageError
        If it is not there.
    """
    (match,), held = await _find(tab, [sought])
    if match is None:
        raise NotFoundOnPageError(f"there is no {sought.label!r} on the page")
    return held, match.number


async def _click(tab: Tab, held: "JSHandle", number: int) -> None:
    """Click with the mouse, in the middle of a control, if nothing lies over it; what is on its way is waited for.

    Raises
    ------
    FailureError
        If something lies over it for half the tab's patience; nothing was clicked then.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(tab.patience):
        began = loop.time()
        while (spot := await held.evaluate(SPOT, number))[0]:
            if loop.time() - began > tab.patience / 2:
                raise FailureError(f"the mouse cannot reach it: {spot[0]}")
            await asyncio.sleep(_SECOND_LOOK_SECONDS)
        await tab.page.mouse.click(*spot[1:])


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
    with act("filling a form", tab.patience):
        matches, held = await _find(tab, fields)
        given: dict[int, Field] = {}
        for field, match in zip(fields, matches, strict=True):
            if field.name not in values:
                continue
            if match is None:
                raise NotFoundOnPageError(f"there is no field {field.label!r} ({field.name}) on the page")
            given[match.number] = field
        wanted = [[number, field.kind == "choice", values[field.name]] for number, field in given.items()]
        fault = await held.evaluate(PUT, wanted)
        if fault is not None:
            raise _fault(given[fault[0]], values, *fault[1:])
        await _look_again(tab, held, given, values)


def _fault(field: Field, values: Mapping[str, str], what: str, count: int) -> RpaError:
    if what == "choice":
        value = values[field.name]
        return NotFoundOnPageError(f"{count} options of {field.label!r} are {value!r:.60}, there must be one to choose")
    said = {"gone": "has gone from the page", "locked": "takes no input"}[what]
    return FailureError(f"the field {field.label!r} ({field.name}) {said} while the form is filled")


async def _look_again(tab: Tab, held: "JSHandle", given: Mapping[int, Field], values: Mapping[str, str]) -> None:
    there = await held.evaluate(HELD, list(given))
    wrong = [
        field
        for field, texts in zip(given.values(), there, strict=True)
        if _plain(values[field.name]) not in map(_plain, texts)
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
    with act(f"attaching files to {field.label!r}", tab.patience):
        held, number = await _only(tab, field)
        element = (await held.get_property(str(number))).as_element()
        if element is not None:
            await element.set_input_files([str(path) for path in paths])


async def click(tab: Tab, button: Button) -> None:
    """Click, and wait for nothing."""
    with act(f"clicking {button.label!r}", tab.patience):
        await _click(tab, *await _only(tab, button))


async def press(tab: Tab, button: Button) -> Answer:
    """Click what leads to another page, and return that page.

    Raises
    ------
    NotFoundOnPageError, UnknownPageError
        If there is no such button, or a dialog came up before; nothing has been clicked then.
    FailureError
        If no answer comes in time; whether the system has taken what was sent is not known then.
    """
    with act(f"clicking {button.label!r}", tab.patience):
        held, number = await _only(tab, button)
        async with tab.page.expect_navigation(wait_until="domcontentloaded") as waiting:
            await _click(tab, held, number)
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
        with act(f"downloading {name}", tab.patience):
            held, number = await _only(tab, button)
            async with tab.page.expect_download() as waiting:
                await _click(tab, held, number)
            await (await waiting.value).save_as(path)
    except FailureError as error:
        path.unlink(missing_ok=True)
        raise DownloadError(str(error)) from None
    return path
