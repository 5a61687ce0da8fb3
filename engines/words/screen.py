"""Where words speak: what was asked for on the output channel, everything else on the error channel."""

from rich.console import Console

__all__ = ["ERR", "OUT"]

OUT = Console()
"""Results, so that they can be piped."""

ERR = Console(stderr=True)
"""Progress, and where files were written."""
