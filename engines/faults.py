"""An error as one sentence for people: ours as they are, a fault of Hexi by its name."""

from engines.errors import EngineError

__all__ = ["sentence"]

_ROOMS = ("credit_graph", "datasets", "fraud", "ledger", "rpa", "benchmarks")


def sentence(error: Exception) -> str:
    """Return what an error says to whoever typed the command.

    Examples
    --------
    >>> sentence(EngineError("no such table")), sentence(FileNotFoundError(2, "No such file", "a.csv"))
    ('no such table', 'a.csv: No such file')
    >>> sentence(KeyError("amount"))
    "fault in Hexi: KeyError: 'amount' (--debug shows where)"
    """
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    text = str(error).strip() or type(error).__name__
    # our own errors are sentences for people; anything else is a fault of Hexi, and says so
    is_ours = isinstance(error, EngineError) or type(error).__module__.split(".")[0] in _ROOMS
    return text if is_ours else f"fault in Hexi: {type(error).__name__}: {text} (--debug shows where)"
