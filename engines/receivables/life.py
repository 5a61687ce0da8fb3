"""The life of one receivable as plain rows: which part is whose, from which step to which, and what it came from.

Pictures and tables are made from these rows; nothing here draws.
"""

from typing import NamedTuple

from engines.receivables.playing import Event, Played
from ledger.node import Receipt

__all__ = ["Part", "Scene", "life_of", "most_eventful"]


class Part(NamedTuple):
    """One fragment.

    Parameters
    ----------
    fragment, owner
        Its name and who has it.
    amount
        Fen.
    begins, ends
        Numbers of the scenes between which it is there; `ends` is one behind the last.
    parents
        The fragments that it was made of.
    locked
        Numbers of the scenes in which it is pledged.
    """

    fragment: str
    owner: str
    amount: int
    begins: int
    ends: int
    parents: tuple[str, ...]
    locked: frozenset[int]


class Scene(NamedTuple):
    """A column of the picture: a step that was taken, or tried, and what had been tried in vain before the next."""

    number: int
    event: Event
    refused: bool


def life_of(played: Played, receivable: str) -> tuple[list[Scene], list[Part]]:
    """Return the scenes of one receivable from its acceptance on, and its parts in the order in which they were made.

    Raises
    ------
    KeyError
        If there is no receivable of that name.
    """
    played.promises.loc[receivable]
    mine = [event for event in played.events if event.step["receivable_id"] == receivable]
    first = next((place for place, event in enumerate(mine) if event.step["action"] == "accept"), len(mine))
    scenes = [Scene(number, event, not isinstance(event.answer, Receipt)) for number, event in enumerate(mine[first:])]
    open_parts: dict[str, Part] = {}
    done: list[Part] = []
    for scene in scenes:
        done += [open_parts.pop(name)._replace(ends=scene.number) for name in scene.event.spent]
        for name, record in scene.event.made.items():
            parents = scene.event.spent
            open_parts[name] = Part(name, record["owner"], record["amount"], scene.number, 0, parents, frozenset())
        for name in scene.event.locked & set(open_parts):
            part = open_parts[name]
            open_parts[name] = part._replace(locked=part.locked | {scene.number})
    done += [part._replace(ends=len(scenes)) for part in open_parts.values()]
    return scenes, sorted(done, key=lambda part: (part.begins, part.fragment))


def most_eventful(played: Played) -> str:
    """Return the receivable that shows most: many kinds of steps, an attempt among them, not too many columns."""

    def worth(receivable: str) -> tuple[int, int, str]:
        scenes, parts = life_of(played, receivable)
        taken = {scene.event.step["action"] for scene in scenes if not scene.refused}
        tried = {scene.event.kind for scene in scenes if scene.refused}
        shown = 2 * len(taken) + 3 * len(tried) + min(len({part.owner for part in parts}), 5)
        return shown + 4 * ("discount" in taken) - 2 * max(0, len(scenes) - 14), len(scenes), receivable

    return max(map(str, played.promises.index), key=worth)
