"""Which control of a page is the field that is sought: label, name, test id, then likeness; in doubt, none.

Pure: it sees what was surveyed of a page, not the page. All fields of a form are sought together, for what one field is
by its label, another cannot be by likeness. A label has the first word, as with people; when it stands before a control
that by its name is another's, that is told, for then labels may have been exchanged, and only reading back can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rpa.browser.labels import likeness, normal
from rpa.errors import NotFoundOnPageError

__all__ = ["Button", "Candidate", "Field", "Healed", "Match", "Sought", "in_order", "resolve", "score"]

LEAST_SCORE = 0.65
LEAST_LIKENESS = 0.7
MARGIN = 0.1
"""The best must be this much better than the next."""
_ALIKE = ({"text", "long"}, {"button", "link"})


@dataclass(frozen=True, slots=True)
class Field:
    """A control to be filled.

    Parameters
    ----------
    name, label, test_id
        What it is called in the form, on the page, and by testers; an empty text if that is not known.
    kind
        `text`, `long`, `password`, `choice` or `file`.
    synonyms
        Other labels it is known to have had.
    is_needed
        Whether a form without it is not the form.
    neighbours
        Labels before and after it; `in_order` writes them.
    place
        Where in the form it stands, from 0 to 1; None if that is not known.
    """

    name: str
    label: str
    kind: str = "text"
    test_id: str = ""
    synonyms: tuple[str, ...] = ()
    is_needed: bool = True
    neighbours: tuple[str, str] = ("", "")
    place: float | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """Something to click: a `button` or a `link`, whose name is where it leads. Its fields are those of a `Field`."""

    label: str
    kind: str = "button"
    name: str = ""
    test_id: str = ""
    synonyms: tuple[str, ...] = ()
    is_needed: bool = True
    neighbours: tuple[str, str] = ("", "")
    place: float | None = None


Sought = Field | Button


@dataclass(frozen=True, slots=True)
class Candidate:
    """A control that is on the page: its number, kind, names, the text beside it, and its place from 0 to 1."""

    number: int
    kind: str
    label: str = ""
    name: str = ""
    test_id: str = ""
    beside: str = ""
    neighbours: tuple[str, str] = ("", "")
    place: float | None = None


@dataclass(frozen=True, slots=True)
class Healed:
    """A field that was not found the plain way: what was asked, what was taken, by what, and how sure that is."""

    field: str
    asked: str
    took: str
    found_by: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """The candidate that a field is, and what is to be told of it; None if it was found by its label."""

    number: int
    healed: Healed | None = None


def in_order(*fields: Field) -> tuple[Field, ...]:
    """Return a form's fields, each with its neighbours and place.

    Examples
    --------
    >>> in_order(Field("a", "甲"), Field("b", "乙"))[1].neighbours, in_order(Field("a", "甲"))[0].place
    (('甲', ''), 0.0)
    """
    labels = ("", *(field.label for field in fields), "")
    last = max(len(fields) - 1, 1)
    return tuple(
        replace(field, neighbours=(labels[number], labels[number + 2]), place=number / last)
        for number, field in enumerate(fields)
    )


def resolve(sought: Sequence[Sought], candidates: Sequence[Candidate]) -> list[Match | None]:
    """Return which candidate each of the fields of a form is.

    Parameters
    ----------
    sought
        All of the form's fields, so that none takes another's control.
    candidates
        What is on the page.

    Returns
    -------
    list of Match or None
        One for each field; None for one that is not there and not needed.

    Raises
    ------
    NotFoundOnPageError
        If a needed field is not there, several candidates could be it, or two fields would be one candidate.

    Examples
    --------
    >>> page = [Candidate(0, "text", "联系电话", "phone"), Candidate(1, "text", "邮编", "zip")]
    >>> resolve([Field("phone", "联系电话"), Field("post_code", "邮政编码")], page)[1].healed
    Healed(field='post_code', asked='邮政编码', took='邮编', found_by='likeness', score=0.825)
    """
    found: list[Match | None] = [_plainly(one, candidates) for one in sought]
    taken = {match.number for match in found if match is not None}
    _check_once(sought, found)
    for place, one in enumerate(sought):
        if found[place] is None:
            left = [candidate for candidate in candidates if candidate.number not in taken]
            found[place] = _by_likeness(one, left)
    _check_once(sought, found)
    missing = [one for one, match in zip(sought, found, strict=True) if match is None and one.is_needed]
    if missing:
        raise NotFoundOnPageError(f"there is no {_said(missing[0])} on the page")
    return found


def _plainly(one: Sought, candidates: Sequence[Candidate]) -> Match | None:
    """Look by label, then by the labels it has had, by name, by test id."""
    fitting = [candidate for candidate in candidates if _fits(one.kind, candidate.kind)]
    label, synonyms = normal(one.label), {normal(text) for text in one.synonyms}
    named = [candidate for candidate in fitting if one.name and candidate.name == one.name]
    ways = (
        ("label", [candidate for candidate in fitting if label and normal(candidate.label) == label]),
        ("another label", [candidate for candidate in fitting if normal(candidate.label) in synonyms]),
        ("name", named),
        ("test id", [candidate for candidate in fitting if one.test_id and candidate.test_id == one.test_id]),
    )
    way, hits = next(((way, hits) for way, hits in ways if hits), ("", []))
    if not hits:
        return None
    hit = hits[0] if len(hits) == 1 else _only(one, way, hits)
    if len(hits) == 1 and way in ("label", "another label") and named and hit not in named:
        way += ", against its name"
    told = None if way == "label" else _healed(one, hit, way, 1.0)
    return Match(hit.number, told)


def _only(one: Sought, way: str, hits: Sequence[Candidate]) -> Candidate:
    for narrowed in (
        [hit for hit in hits if one.name and hit.name == one.name],
        [hit for hit in hits if one.test_id and hit.test_id == one.test_id],
    ):
        if len(narrowed) == 1 or (narrowed and one.kind == "link"):
            return narrowed[0]  # links of one text that lead to one place are one link
    raise NotFoundOnPageError(f"{len(hits)} controls of the page could be the {_said(one)} by {way}")


def _by_likeness(one: Sought, left: Sequence[Candidate]) -> Match | None:
    ranked = sorted(((score(one, candidate), candidate) for candidate in left), key=lambda pair: -pair[0])
    if not ranked or ranked[0][0] < LEAST_SCORE:
        return None
    best, candidate = ranked[0]
    if len(ranked) > 1 and best - ranked[1][0] < MARGIN:
        other = ranked[1][1]
        raise NotFoundOnPageError(
            f"two controls could be the {_said(one)}: {candidate.label or candidate.name!r} at {best:.2f}"
            f" and {other.label or other.name!r} at {ranked[1][0]:.2f}"
        )
    return Match(candidate.number, _healed(one, candidate, "likeness", round(best, 3)))


def score(one: Sought, candidate: Candidate) -> float:
    """Return how much a candidate is like a field, from 0 to 1; 0 if it is of another kind or of another text.

    Text has seven parts of ten; kind, neighbours and place share the rest as far as they are known.
    """
    if not _fits(one.kind, candidate.kind):
        return 0.0
    names = (one.label, *one.synonyms)
    text = max(
        max((likeness(name, candidate.label) for name in names), default=0.0),
        0.9 * max((likeness(name, candidate.beside) for name in names), default=0.0),
        0.8 * likeness(one.name, candidate.name),
    )
    if text < LEAST_LIKENESS:
        return 0.0
    parts = [(0.7, text), (0.1, 1.0 if one.kind == candidate.kind else 0.5)]
    pairs = [(ours, theirs) for ours, theirs in zip(one.neighbours, candidate.neighbours, strict=True) if ours]
    if pairs:
        parts.append((0.1, sum(likeness(ours, theirs) for ours, theirs in pairs) / len(pairs)))
    if one.place is not None and candidate.place is not None:
        parts.append((0.1, 1.0 - abs(one.place - candidate.place)))
    return sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)


def _fits(ours: str, theirs: str) -> bool:
    return ours == theirs or any({ours, theirs} <= group for group in _ALIKE)


def _check_once(sought: Sequence[Sought], found: Sequence[Match | None]) -> None:
    holders: dict[int, Sought] = {}
    for one, match in zip(sought, found, strict=True):
        if match is None:
            continue
        if match.number in holders:
            raise NotFoundOnPageError(
                f"one control of the page would be both {_said(holders[match.number])} and {_said(one)}"
            )
        holders[match.number] = one


def _healed(one: Sought, candidate: Candidate, way: str, at: float) -> Healed:
    return Healed(one.name or one.label, one.label, candidate.label or candidate.name, way, at)


def _said(one: Sought) -> str:
    return f"{one.kind} {one.label!r}" if isinstance(one, Button) else f"field {one.label!r} ({one.name})"
