"""What all errors of the ledger are."""

__all__ = [
    "LedgerError",
]


class LedgerError(Exception):
    """What went wrong, in one sentence that names the offender and what would be right."""
