"""The costs of the four actions, pass, step-up, hold, block (放行, 加强验证, 挂起, 阻断), from a TOML table.

What an action costs is policy, not code: the bank writes it down once in `fraud/policies/costs.toml`, and
every threshold follows from it. The table is refused unless it is monotone: from one action to the next
stronger one the friction for a good customer must not fall and the share lost of a fraud must not rise. On
that rests the promise that a higher probability or a larger amount never weakens an action.
"""

import tomllib
from dataclasses import dataclass

from fraud.errors import CostTableError

__all__ = ["ACTIONS", "ACTIONS_ZH", "ActionCost", "CostTable", "read_costs"]

ACTIONS: tuple[str, ...] = ("pass", "step_up", "hold", "block")
"""Names of the actions from the weakest to the strongest; a decision is the position in this list."""

ACTIONS_ZH: tuple[str, ...] = ("放行", "加强验证", "挂起", "阻断")

_FIELDS = ("friction_fen", "handling_fen", "share_lost")


@dataclass(frozen=True)
class ActionCost:
    """What one action costs.

    `friction_fen` when it meets a good customer, `handling_fen` every time, and `share_lost` is the share of
    a fraud's amount that is lost all the same.
    """

    friction_fen: int
    handling_fen: int
    share_lost: float


@dataclass(frozen=True)
class CostTable:
    """The costs of the four actions, checked when it is made.

    Raises
    ------
    CostTableError
        If an amount is negative, a share is outside 0 to 1, passing costs anything but the whole fraud, or a
        stronger action disturbs less or loses more than a weaker one.
    """

    step_up: ActionCost
    hold: ActionCost
    block: ActionCost
    pass_: ActionCost = ActionCost(0, 0, 1.0)

    def __post_init__(self) -> None:
        """Refuse a table that contradicts itself."""
        if self.pass_ != ActionCost(0, 0, 1.0):
            raise CostTableError(
                "pass must have friction_fen 0, handling_fen 0 and share_lost 1: "
                "it is what the other actions are compared with."
            )
        for name, entry in zip(ACTIONS, self.actions, strict=True):
            _check_entry(name, entry)
        for position in range(1, len(ACTIONS)):
            _check_pair(ACTIONS[position - 1 : position + 1], self.actions[position - 1 : position + 1])

    @property
    def actions(self) -> tuple[ActionCost, ...]:
        """The four entries in the order of `ACTIONS`."""
        return (self.pass_, self.step_up, self.hold, self.block)


def _check_entry(name: str, entry: ActionCost) -> None:
    for field in ("friction_fen", "handling_fen"):
        amount = getattr(entry, field)
        if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
            raise CostTableError(f"{name}.{field} must be a whole number of fen, zero or more, not {amount!r}.")
    share = entry.share_lost
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise CostTableError(f"{name}.share_lost must be a share between 0 and 1, not {share!r}.")


def _check_pair(names: tuple[str, ...], entries: tuple[ActionCost, ...]) -> None:
    (weak, strong), (weaker, stronger) = names, entries
    if stronger.friction_fen < weaker.friction_fen:
        raise CostTableError(
            f"{strong}.friction_fen ({stronger.friction_fen}) must not be below {weak}.friction_fen "
            f"({weaker.friction_fen}): a stronger action disturbs a good customer at least as much."
        )
    if stronger.share_lost > weaker.share_lost:
        raise CostTableError(
            f"{strong}.share_lost ({stronger.share_lost}) must not be above {weak}.share_lost "
            f"({weaker.share_lost}): a stronger action loses no more of a fraud."
        )


def read_costs(text: str) -> CostTable:
    """Read a table of costs from the text of a TOML file, strictly: every field, and none that is unknown.

    Parameters
    ----------
    text
        One section for each of pass, step_up, hold and block, each with friction_fen, handling_fen and
        share_lost.

    Raises
    ------
    CostTableError
        If the text is not TOML, a section or field is missing or unknown, or a figure is out of bounds.

    Examples
    --------
    >>> from pathlib import Path
    >>> import fraud
    >>> shipped = Path(fraud.__file__).with_name("policies") / "costs.toml"
    >>> read_costs(shipped.read_text(encoding="utf-8")).step_up
    ActionCost(friction_fen=300, handling_fen=20, share_lost=0.35)
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CostTableError(f"The table of costs is not valid TOML: {error}.") from error
    _check_names("the table of costs", "section", tables, ACTIONS)
    entries = []
    for name in ACTIONS:
        if not isinstance(tables[name], dict):
            raise CostTableError(f"{name} must be a section [{name}] with {', '.join(_FIELDS)}.")
        _check_names(f"[{name}]", "field", tables[name], _FIELDS)
        entries.append(ActionCost(**tables[name]))
    pass_, step_up, hold, block = entries
    return CostTable(step_up, hold, block, pass_)


def _check_names(where: str, what: str, found: dict[str, object], wanted: tuple[str, ...]) -> None:
    missing = [name for name in wanted if name not in found]
    if missing:
        raise CostTableError(f"In {where} the {what} {missing[0]} is missing; it must have {', '.join(wanted)}.")
    unknown = [name for name in found if name not in wanted]
    if unknown:
        raise CostTableError(f"In {where} the {what} {unknown[0]} is unknown; it can have {', '.join(wanted)}.")
