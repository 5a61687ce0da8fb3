"""What a channel knows of somebody at one moment: the identifiers that may show that two customers are one person.

Keys differ in what they prove. An id card is one person for life; a card and a login belong to one person unless they
are seen with two id cards; a phone number changes hands, and a device is shared in a family or stands on a counter.
"""

from dataclasses import dataclass
from datetime import date, datetime

from fraud.errors import IdentityInputError

__all__ = ["ENOUGH", "KEYS", "Key", "Sighting"]


@dataclass(frozen=True)
class Key:
    """One kind of identifier: how strongly it links, after how many idle days it may be somebody else's, and its limit.

    `most` customers may use a value within one tenure, all who are not known counted as one; above it, it links nobody.
    """

    name: str
    name_zh: str
    tier: int
    strength: float
    idle_days: int
    most: int


KEYS: tuple[Key, ...] = (
    Key("id_card", "身份证", 1, 1.0, 36_500, 1_000_000),
    Key("login", "登录名", 2, 0.95, 36_500, 1_000_000),
    Key("card", "银行卡", 2, 0.9, 36_500, 1_000_000),
    Key("phone", "手机号", 3, 0.7, 90, 3),
    Key("device", "设备", 3, 0.4, 180, 3),
)
"""Kinds of keys, the strongest first. Carriers give a number to somebody else after some 90 days."""

ENOUGH = 0.6
"""Weak keys link two customers if their strengths add up to this: a phone alone, a device only beside something."""


@dataclass(frozen=True)
class Sighting:
    """One contact: number, channel, day, and whatever identifiers came with it; a login counts within its channel.

    Raises
    ------
    IdentityInputError
        If it has no identifier, or one that is blank.

    Examples
    --------
    >>> Sighting("s1", "mobile", date(2026, 1, 5), login="li", phone="N7").keys()
    {'login': 'mobile:li', 'phone': 'N7'}
    """

    id: str
    channel: str
    seen_on: date
    id_card: str | None = None
    login: str | None = None
    phone: str | None = None
    card: str | None = None
    device: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if not isinstance(self.seen_on, date) or isinstance(self.seen_on, datetime):
            raise IdentityInputError(f"sighting {self.id!r}: seen_on is {self.seen_on!r}; it must be a date")
        if not self.id.strip() or not self.channel.strip():
            raise IdentityInputError(f"sighting {self.id!r} in channel {self.channel!r}: both need a name")
        for key in KEYS:
            value = getattr(self, key.name)
            if value is not None and not (isinstance(value, str) and value.strip()):
                raise IdentityInputError(
                    f"sighting {self.id!r}: {key.name} is {value!r}; leave it out if it is not known"
                )
        if not self.keys():
            raise IdentityInputError(
                f"sighting {self.id!r} has no identifier; one of {', '.join(k.name for k in KEYS)}"
            )

    def keys(self) -> dict[str, str]:
        """Return the identifiers that are known, the strongest kind first."""
        found = {key.name: getattr(self, key.name) for key in KEYS if getattr(self, key.name) is not None}
        if "login" in found:
            found["login"] = f"{self.channel}:{found['login']}"
        return found
