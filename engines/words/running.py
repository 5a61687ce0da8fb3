"""`hexi run CASE`: run a case and show its report, in the terminal, as a page or as JSON."""

import argparse
import inspect
import shlex
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines import catalogue
from engines.errors import UnknownOptionError
from engines.progress import bars
from engines.words.options import base_rate, check_output
from engines.words.screen import ERR, OUT

__all__ = ["run_case"]


def run_case(given: argparse.Namespace) -> int:
    """Run a case and show its report; the exit code says whether all its checks passed."""
    case = catalogue.load(catalogue.cases(), given.case, "case")
    wanted = given.html or (_temporary_page(given.case) if given.open else None)
    for output in (wanted, given.quarantine):
        check_output(output, given.input)
    if wanted is not None:
        from engines.report import page

        page.require()
    with bars(ERR) as report:
        speech = {"say": ERR.print} if "say" in inspect.signature(case.run).parameters else {}
        result = case.run(**_options(case.run, given), progress=report, **speech)
    again = _again(given, result)
    if wanted is not None:
        page.write_page(result, wanted, again)
        ERR.print(f"page written · 报告已写入: {wanted}", highlight=False, soft_wrap=True)
    if given.open and wanted is not None:
        webbrowser.open(wanted.resolve().as_uri())
    if given.json:
        from engines.report.document import to_json

        print(to_json(result, again))  # noqa: T201  # JSON is what was asked for
    else:
        from engines.report.terminal import show

        show(result, OUT, again)
    return 0 if result.passed else 1


def _again(given: argparse.Namespace, result: Any) -> str:
    """Return the command that repeats a run on somebody's own file or about one firm; empty for a plain one."""
    if given.input:
        return f"hexi run {given.case} --input {shlex.quote(str(given.input))} --seed {result.seed}"
    if given.firm:
        return f"hexi run {given.case} --firm {shlex.quote(given.firm)} --seed {result.seed} --size {result.size}"
    return ""


def _options(run: Callable[..., Any], given: argparse.Namespace) -> dict[str, Any]:
    """Return the options that were given, under the names of the case's parameters."""
    options = {
        **{"seed": given.seed, "size": given.size, "base_rate": given.base_rate, "firm": given.firm},
        **{"faults": given.faults, "headed": given.headed},
        **{"source": given.input, "mapping": given.mapping, "quarantine": given.quarantine, "bundle": given.bundle},
    }
    flags = {"source": "input", "base_rate": "base-rate"}
    chosen = {name: value for name, value in options.items() if value is not None}
    for name in chosen:
        if name not in inspect.signature(run).parameters:
            raise UnknownOptionError(f"the case {given.case} takes no --{flags.get(name, name)}")
    if given.input is None and (given.mapping or given.quarantine):
        raise UnknownOptionError("--mapping and --quarantine say something about --input FILE, which was not given")
    if given.input is not None and (given.size or given.base_rate):
        raise UnknownOptionError("--size and --base-rate are for made data; with --input the file says what there is")
    if "base_rate" in chosen:
        chosen["base_rate"] = base_rate(chosen["base_rate"])
    return chosen


def _temporary_page(case: str) -> Path:
    return Path(tempfile.mkdtemp(prefix="hexi-")) / f"{case}.html"
