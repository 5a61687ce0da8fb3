"""The rule: by when which kind of account must be filed, as data.

A basic account must be filed on the day it is opened, a general account by the next working day (人民币银行结算账户管理
办法; case 1-1 of the white paper states both). Who opens an account after the branch's cut-off, or on a day that is not
worked, is taken to have opened it on the next working day. All of it is configuration, for other rules in other places.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from rpa.deadlines.working_days import WorkingDays
from rpa.errors import PolicyError
from rpa.filing import ACCOUNT_TYPES

__all__ = ["CHINA", "Deadline", "Policy", "Rule", "deadline_of", "default_policy", "read_policy"]

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China's time: eight hours before Greenwich, without summer time since 1991."""


class Rule(NamedTuple):
    """How many working days there are for one kind of account, and its rank among those due at one time."""

    working_days: int
    rank: int


@dataclass(frozen=True)
class Policy:
    """The rules of one place.

    Parameters
    ----------
    rules
        By kind of account.
    cut_off
        An account that is opened later counts as opened on the next working day.
    closes
        When the day ends for filing.
    warn_seconds
        How long before its deadline an account that waits is in danger.
    most_skew_seconds
        How far our clock may be from the server's.
    """

    rules: Mapping[str, Rule]
    cut_off: time
    closes: time
    warn_seconds: int
    most_skew_seconds: int


class Deadline(NamedTuple):
    """By when an account must be filed; the earlier and the lower the rank, the sooner its turn."""

    due: datetime
    rank: int
    counts_from: date


def default_policy() -> Policy:
    """Return the policy that comes with the bot.

    Examples
    --------
    >>> default_policy().rules["general"].working_days
    1
    """
    text = files("rpa").joinpath("policies/deadlines.toml").read_text(encoding="utf-8")
    return _policy(text, "policies/deadlines.toml")


def read_policy(path: Path) -> Policy:
    """Read a policy of one's own.

    Raises
    ------
    PolicyError
        If the file cannot be read, or a field is missing, unknown, or not what it should be.
    """
    try:
        return _policy(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"the policy {path} cannot be read: {error}") from None


def deadline_of(account_type: str, opened_at: datetime, policy: Policy, days: WorkingDays) -> Deadline:
    """Return by when an account must be filed.

    Parameters
    ----------
    account_type
        A key of the policy's rules.
    opened_at
        With its time zone.

    Raises
    ------
    PolicyError
        If the policy has no rule for this kind, or the moment has no time zone.
    CalendarError
        If the working days are not known.

    Examples
    --------
    >>> policy, days = default_policy(), WorkingDays()
    >>> opened = datetime(2026, 9, 30, 17, 5, tzinfo=CHINA)  # after the cut-off, before the holidays of October
    >>> deadline_of("basic", opened, policy, days).due.isoformat()
    '2026-10-08T17:30:00+08:00'
    """
    if account_type not in policy.rules:
        raise PolicyError(f"there is no rule for accounts of the kind {account_type!r}: name one in the policy")
    if opened_at.tzinfo is None:
        raise PolicyError(f"the time of opening {opened_at.isoformat()} has no time zone")
    rule, local = policy.rules[account_type], opened_at.astimezone(CHINA)
    late = timedelta(local.timetz().replace(tzinfo=None) > policy.cut_off)
    start = days.on_or_after(local.date() + late)
    day = days.after(start, rule.working_days)
    return Deadline(datetime.combine(day, policy.closes, CHINA), rule.rank, start)


def _policy(text: str, name: str) -> Policy:
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"the policy {name} is not TOML: {error}") from None
    wanted = {"cut_off", "closes", "warn_seconds", "most_skew_seconds", "accounts"}
    if set(given) != wanted:
        wrong = sorted(set(given) ^ wanted)[0]
        raise PolicyError(f"the policy {name} {'lacks' if wrong in wanted else 'has the unknown field'} {wrong}")
    for field in ("cut_off", "closes"):
        if type(given[field]) is not time:
            raise PolicyError(f"{field} of the policy {name} is {given[field]!r}, it must be a time such as 17:30:00")
    for field in ("warn_seconds", "most_skew_seconds"):
        if type(given[field]) is not int or given[field] < 0:
            raise PolicyError(f"{field} of the policy {name} is {given[field]!r}, it must be 0 or more seconds")
    if given["cut_off"] > given["closes"]:
        raise PolicyError(f"cut_off of the policy {name} is after closes: nothing could be filed on its own day")
    rules = {kind: _rule(kind, rule, name) for kind, rule in given.pop("accounts").items()}
    return Policy(rules, **given)


def _rule(kind: str, rule: Any, name: str) -> Rule:
    if kind not in ACCOUNT_TYPES:
        raise PolicyError(f"the policy {name} has a rule for {kind!r}, accounts are {', '.join(ACCOUNT_TYPES)}")
    if type(rule) is not dict or set(rule) != {"working_days", "rank"}:
        raise PolicyError(f"the rule for {kind} in the policy {name} must have working_days and rank")
    for field, value in rule.items():
        if type(value) is not int or not 0 <= value <= 30:
            raise PolicyError(f"{field} of {kind} in the policy {name} is {value!r}, it must be from 0 to 30")
    return Rule(**rule)
