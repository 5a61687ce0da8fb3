"""The server's clock: ours must not be far from it, or deadlines are counted wrongly."""

from datetime import datetime
from email.utils import parsedate_to_datetime

from rpa.errors import SafetyError

__all__ = ["check_clock"]


def check_clock(date_header: str, now: datetime, most_skew_seconds: int) -> float:
    """Return how many seconds our clock is ahead of the server's, if that is within bounds.

    Parameters
    ----------
    date_header
        The header `Date` of an answer (RFC 9110, section 6.6.1).
    now
        Our time, with its time zone, when the answer came.
    most_skew_seconds
        How far apart the two may be.

    Raises
    ------
    SafetyError
        If they are further apart, or the header is no date.

    Examples
    --------
    >>> from datetime import UTC
    >>> check_clock("Wed, 01 Jul 2026 08:00:00 GMT", datetime(2026, 7, 1, 8, 0, 5, tzinfo=UTC), 120)
    5.0
    """
    try:
        server = parsedate_to_datetime(date_header)
    except (TypeError, ValueError):
        raise SafetyError(f"the server's date is {date_header!r:.60}, it must be one as HTTP writes it") from None
    if server.tzinfo is None:
        raise SafetyError(f"the server's date is {date_header!r:.60}: it has no time zone")
    skew = (now - server).total_seconds()
    if abs(skew) > most_skew_seconds:
        raise SafetyError(
            f"our clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server's, at most"
            f" {most_skew_seconds} s are right: set it before anything is filed"
        )
    return skew
