"""Errors of the bot, by what they ask for: a person who decides, another try, or a stop.

A `BusinessError` is a rule's refusal: it goes to a person with its reason, at once, and is never tried again. A
`FailureError` is a machine's failure: it is tried again, later. A `SafetyError` means that the bot no longer knows what
it sees or does: it stops with this account and hands over. Every message is one sentence that names the offender.
"""

__all__ = [
    "BadFilingError",
    "BadListError",
    "BrowserMissingError",
    "BrowserStuckError",
    "BusinessError",
    "CalendarError",
    "DownloadError",
    "EvidenceError",
    "FailureError",
    "HandOverError",
    "LeaseLostError",
    "MissingExtraError",
    "NotFoundOnPageError",
    "PolicyError",
    "QueueError",
    "ReadBackError",
    "RpaError",
    "SafetyError",
    "SecretError",
    "SessionExpiredError",
    "UnknownPageError",
    "UnsureError",
    "UploadError",
]


class RpaError(Exception):
    """What went wrong, in one sentence that names the offender and what would be right."""


class BusinessError(RpaError):
    """A rule of a driven system, or of the list, refuses an account: a person must decide."""


class BadFilingError(BusinessError):
    """An account's data are wrong or contradict the registry; `problems` names each field."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class FailureError(RpaError):
    """A driven system fails: it may be well again later."""


class SessionExpiredError(FailureError):
    """The system wants a new log-in."""


class BrowserStuckError(FailureError):
    """The browser lives and does not do what it is asked: it must be started again."""


class DownloadError(FailureError):
    """A file did not arrive whole."""


class UploadError(FailureError):
    """A file was not stored as it was sent."""


class UnsureError(FailureError):
    """It is not known whether the system has taken what was sent: it must be asked before anything is sent again."""


class SafetyError(RpaError):
    """The bot does not know what it sees or does: it stops with this account and hands over."""


class UnknownPageError(SafetyError):
    """A page or a dialog is none of those that are known."""


class NotFoundOnPageError(SafetyError):
    """A field or a button is not on the page, or there are several that could be it."""


class ReadBackError(SafetyError):
    """What the check page shows is not what the source says; `fields` names where they differ."""

    def __init__(self, message: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.fields = fields


class HandOverError(SafetyError):
    """The system asks for what only a person can give, such as a one-time password."""


class BadListError(RpaError):
    """The list of pending filings is not whole, not signed as it should be, or was seen before: nothing is filed."""


class QueueError(RpaError):
    """The work queue cannot do what was asked."""


class LeaseLostError(QueueError):
    """Another bot has the item now: whoever held it must not write any more."""


class CalendarError(RpaError):
    """It is not known which days of a year are working days."""


class PolicyError(RpaError):
    """A policy file says what it may not."""


class EvidenceError(RpaError):
    """The audit log was changed, or cannot be written."""


class SecretError(RpaError):
    """A secret is missing, or lies where others can read it."""


class BrowserMissingError(RpaError):
    """No browser was found."""


class MissingExtraError(RpaError):
    """An optional package is needed for what was asked."""
