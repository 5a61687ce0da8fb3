"""What several words check of their options before they begin any work."""

from pathlib import Path

from engines.errors import EngineError, UnknownOptionError

__all__ = ["base_rate", "check_output"]


def base_rate(text: str) -> float:
    """Return a share of fraud as a number.

    Examples
    --------
    >>> base_rate("0.002"), round(base_rate("paper"), 6)
    (0.002, 6.3e-05)
    """
    from datasets.plan import PAPER_BASE_RATE

    if text == "paper":
        return PAPER_BASE_RATE
    try:
        return float(text)
    except ValueError:
        raise UnknownOptionError(f"--base-rate is {text!r}, but must be a number such as 0.002, or 'paper'") from None


def check_output(path: Path | None, source: Path | None = None) -> None:
    """Refuse, before any work, an output that could not be written or would replace the input."""
    if path is None:
        return
    if not path.resolve().parent.is_dir():
        raise EngineError(f"the folder of {path} does not exist; make it first")
    if path.is_dir():
        raise EngineError(f"{path} is a folder; name a file in it")
    if source is not None and path.resolve() == source.resolve():
        raise EngineError(f"{path} is the input itself; name another file, or it would be lost")
