"""Refusals of a transaction: the ledger is as it was before, and the refusal is counted under its class name."""

from ledger.errors.base import LedgerError

__all__ = [
    "AlreadyThereError",
    "BadCertificateError",
    "BadFieldError",
    "BadPublicKeyError",
    "BadSignatureError",
    "CanonicalError",
    "DoubleSpendError",
    "ExpiredCertificateError",
    "ExpiredTransactionError",
    "ForeignCertificateError",
    "FormatError",
    "KeyVersionError",
    "LockedError",
    "MaturityError",
    "MergeError",
    "NoRecourseError",
    "NotApprovedError",
    "NotItsControllerError",
    "NotYetValidCertificateError",
    "OldRevocationsError",
    "OldVersionError",
    "OtherLedgerError",
    "PayeeError",
    "RecipientError",
    "RefusalError",
    "RegistrationError",
    "ReplayedError",
    "RevealError",
    "RevokedCertificateError",
    "StatusError",
    "SumError",
    "TermError",
    "TooLongValidError",
    "UninvitedError",
    "UnknownActionError",
    "UnknownCertificateError",
    "UnknownContractError",
    "UnknownMemberError",
    "UnknownRecordError",
    "UnsignedAgreementError",
    "WinnerError",
    "WrongPriceError",
]


class RefusalError(LedgerError):
    """A transaction is refused; nothing has changed."""


class FormatError(RefusalError):
    """Bytes are not a transaction in the one form that is accepted."""


class CanonicalError(FormatError):
    """Bytes or values are not in the canonical JSON that the ledger signs."""


class BadFieldError(FormatError):
    """A field is missing, not asked for, or holds what it may not."""


class OtherLedgerError(RefusalError):
    """A transaction was signed for another ledger."""


class UnknownContractError(RefusalError):
    """No such contract is in force, or not in this version."""


class UnknownActionError(RefusalError):
    """The contract knows no such action."""


class ExpiredTransactionError(RefusalError):
    """The time up to which a transaction may be accepted is over."""


class TooLongValidError(RefusalError):
    """A transaction asks to be acceptable for longer than the ledger remembers replays."""


class ReplayedError(RefusalError):
    """The transaction is in the log already, whoever signed it again."""


class UnknownMemberError(RefusalError):
    """No such organisation is a member."""


class UnknownCertificateError(RefusalError):
    """A signature refers to a certificate that is not registered."""


class NotApprovedError(RefusalError):
    """Signatures are missing: of an organisation, or of a second person inside one."""


class NotItsControllerError(RefusalError):
    """A data contract was called by another than its controller."""


class UnknownRecordError(RefusalError):
    """There is no record of that name."""


class AlreadyThereError(RefusalError):
    """There is something of that name already."""


class OldRevocationsError(RefusalError):
    """A revocation list is not newer than the one in the log."""


class OldVersionError(RefusalError):
    """A contract's version is not later than the one in force."""


class BadSignatureError(RefusalError):
    """A signature is not good for what was signed."""


class BadCertificateError(RefusalError):
    """A certificate is not one in the form that members use."""


class ForeignCertificateError(RefusalError):
    """A certificate was not issued by its organisation's authority."""


class ExpiredCertificateError(RefusalError):
    """A certificate was used after its time."""


class NotYetValidCertificateError(RefusalError):
    """A certificate was used before its time."""


class RevokedCertificateError(RefusalError):
    """A certificate was withdrawn by its organisation."""


class DoubleSpendError(RefusalError):
    """A fragment is spent that is not there any more, or never was."""


class LockedError(RefusalError):
    """A fragment is locked, or not by whom it should be."""


class MaturityError(RefusalError):
    """Something comes before or after the day on which a receivable is due, and should not."""


class MergeError(RefusalError):
    """Fragments are taken together that do not belong together."""


class NoRecourseError(RefusalError):
    """Nobody is liable for a fragment but the acceptor."""


class PayeeError(RefusalError):
    """Somebody is to be paid who can not be."""


class StatusError(RefusalError):
    """A record is not in the status that a step needs."""


class SumError(RefusalError):
    """Amounts do not come to what they should."""


class TermError(RefusalError):
    """A term is over, not over yet, or too long."""


class WrongPriceError(RefusalError):
    """A price is not the one that the rule gives."""


class RegistrationError(RefusalError):
    """A registration number is used already."""


class BadPublicKeyError(RefusalError):
    """A published key is not one of the ledger's suite."""


class KeyVersionError(RefusalError):
    """A key is not the current one of its organisation."""


class RecipientError(RefusalError):
    """Somebody is named as a recipient who can not be one."""


class UnsignedAgreementError(RefusalError):
    """Somebody has not signed the version of a master agreement that is in force."""


class RevealError(RefusalError):
    """What is revealed is not what was committed to."""


class UninvitedError(RefusalError):
    """A bank quotes that was not asked to."""


class WinnerError(RefusalError):
    """An award goes to another than the rule's winner."""
