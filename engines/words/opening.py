"""`hexi open`: write the start page, and open it in a browser where there is one."""

import argparse
import webbrowser

from engines import catalogue
from engines.errors import EngineError, UnknownNameError, UnknownOptionError
from engines.progress import bars
from engines.words.screen import ERR, OUT

__all__ = ["open_start"]


def open_start(given: argparse.Namespace) -> int:
    """Write the start page, after running cases for it if asked to, print where it is and open it."""
    from engines.measured.page import write_page as write_results
    from engines.report import page as report
    from engines.start.page import write_page
    from engines.start.shelf import RESULTS_PAGE, make

    report.require()
    if given.cases and not given.make:
        raise UnknownOptionError("names of cases say what --make runs, which was not given")
    if given.output.exists() and not given.output.is_dir():
        raise EngineError(f"{given.output} is a file; name a folder, which is made if it is not there")
    known = list(catalogue.cases())
    for name in given.cases:
        if name not in known:
            raise UnknownNameError("case", name, known)
    if given.make:
        with bars(ERR) as told:
            make(given.output, given.cases or known, told, _say)
        write_results(given.output / RESULTS_PAGE)
    page = write_page(given.output)
    OUT.print(str(page.resolve()), highlight=False, markup=False, soft_wrap=True)
    if not given.no_browser:
        webbrowser.open(page.resolve().as_uri())
    return 0


def _say(text: str) -> None:
    ERR.print(text, highlight=False, markup=False, soft_wrap=True)
