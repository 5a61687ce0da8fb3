"""Refusals of the roof: what the command and the reports say when they cannot go on."""

import difflib
from collections.abc import Sequence

__all__ = [
    "EngineError",
    "ForeignDatasetsError",
    "MissingExtraError",
    "PictureRefusedError",
    "UnknownNameError",
    "UnknownOptionError",
]


class EngineError(Exception):
    """What stops a command or a report, in one sentence that says what would be right."""


class MissingExtraError(EngineError):
    """A part of Hexi that is installed on request is not there.

    Parameters
    ----------
    what
        What the user asked for, as the subject of the sentence.
    extra
        Name of the extra in `pyproject.toml`.
    missing
        Names of the modules that cannot be imported.

    Examples
    --------
    >>> print(MissingExtraError("the HTML report", "report", ["altair"]))
    the HTML report needs the extra 'report': pip install -e '.[report]' (not installed: altair)
    """

    def __init__(self, what: str, extra: str, missing: list[str]) -> None:
        self.extra = extra
        self.missing = tuple(missing)
        absent = f" (not installed: {', '.join(missing)})" if missing else ""
        super().__init__(f"{what} needs the extra '{extra}': pip install -e '.[{extra}]'{absent}")


class PictureRefusedError(EngineError):
    """A picture holds something that cannot be written into a page."""


class UnknownNameError(EngineError):
    """A name on the command line is none that there is.

    Examples
    --------
    >>> print(UnknownNameError("table", "peeple", ["people", "firms"]))
    there is no table 'peeple'; did you mean 'people'? (there are: people, firms)
    """

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        super().__init__(f"there is no {what} '{name}'{hint} (there are: {', '.join(known)})")


class UnknownOptionError(EngineError):
    """A case does not take an option that was given."""


class ForeignDatasetsError(EngineError):
    """The name `datasets` belongs to another package here, most likely Hugging Face's.

    Examples
    --------
    >>> print(ForeignDatasetsError("/site-packages/datasets/__init__.py"))
    'datasets' here is another package (/site-packages/datasets/__init__.py), and Hexi has one of the same name:
    install Hexi from its checkout in an environment of its own
    """

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"'datasets' here is another package ({origin}), and Hexi has one of the same name: "
            "install Hexi from its checkout in an environment of its own"
        )
