"""Mutation testing: each small change to the code that decides must make a test fail.

    python -m tests.health.mutants ledger            every mutant of the ledger's rules
    python -m tests.health.mutants rules --sample 300

mutmut makes the changes in a copy of the checkout under `build/mutants/`, one process each, and runs the tests that
reach the changed function. What was killed once is not tried again unless its function changed (`--fresh` forgets
everything); the score is of all that were tried since. A mutant that no test can kill is listed in `equivalent.toml`
with the reason, and counted apart.
"""

import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from tests.health.found import keep
from tests.laws.house import ROOMS, ROOT

__all__ = ["PARTS", "Part", "main"]

HERE = ROOT / "build" / "mutants"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
KILLED = {"killed", "timeout", "segfault"}


class Part(NamedTuple):
    """What is mutated, the tests that must notice, and those of them that are left out: slow, or about the source."""

    code: tuple[str, ...]
    tests: tuple[str, ...]
    but: tuple[str, ...] = ()


PARTS: Mapping[str, Part] = {
    "ledger": Part(
        ("ledger/contracts/[a-z]*.py", "ledger/execution.py", "ledger/policies.py", "ledger/replays.py"),
        tuple(
            f"tests/ledger/test_{name}.py"
            for name in (
                *("agreements", "contracts_discounts", "contracts_policies", "contracts_versions", "execution"),
                *("forfaiting", "funds", "identity_ledger", "identity_revocations", "keys", "payments", "policies"),
                *("privacy_payloads", "quotes", "quotes_publication", "refusals_*", "replays", "rules_*", "tenders"),
                "vectors_contracts",
            )
        ),
        (
            "tests/ledger/test_identity_revocations.py::test_each_changed_byte",
            "tests/ledger/test_payments.py::test_a_row_comes_to_what_its_payments_come_to_one_by_one",
            "tests/ledger/test_refusals_contracts.py::test_nothing_raises_the_common_class_itself",
        ),
    ),
    "rules": Part(
        tuple(
            f"fraud/rules/{name}.py"
            for name in (
                *("batch", "columns", "compiled", "evaluate", "plain", "plan", "reference", "single", "sources"),
                *("tables", "terms"),
            )
        ),
        tuple(f"tests/fraud/test_rules_{name}.py" for name in ("agreement", "columns", "compiled", "edges", "tangled")),
        (
            "tests/fraud/test_rules_compiled.py::test_every_target_hits_what_the_reference_hits",
            "tests/fraud/test_rules_compiled.py::test_rules_are_judged_by_many_threads_at_once",
        ),
    ),
}


def main(words: Sequence[str] | None = None) -> int:
    """Try the mutants of a part, print the score and the survivors; 1 if one survived that is not known to be equal."""
    parser = argparse.ArgumentParser(prog="python -m tests.health.mutants", description=__doc__.split("\n")[0])
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--sample", type=int, help="how many mutants to draw (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--only", default="*", help="a pattern of mutants' names, such as ledger.contracts.funds.*")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the figures, for docs/health.md")
    parser.add_argument("--again", action="store_true", help="try none but those that survived")
    parser.add_argument("--so-far", action="store_true", help="try none, tell of those that were tried")
    parser.add_argument("--fresh", action="store_true", help="forget what was killed before")
    given = parser.parse_args(words)
    folder = HERE / given.part
    if not given.so_far:
        attempt(given, prepared(given.part, given.fresh))
    became = statuses(folder)
    tried = sorted(name for name, status in became.items() if status != "not checked")
    figures, real = report(folder, became, [name for name in tried if fnmatch(name, given.only)])
    if given.keep:
        keep("mutants", given.part, {**figures, "of": len(became)})
    return 1 if real else 0


def attempt(given: argparse.Namespace, folder: Path) -> None:
    """Try the mutants that are asked for, but for those that were killed before."""
    known = statuses(folder)
    if given.again:
        chosen = [name for name, status in known.items() if status == "survived" and fnmatch(name, given.only)]
    else:
        names = [name for name in mutants(folder, PARTS[given.part]) if fnmatch(name, given.only)]
        chosen = random.Random(given.seed).sample(names, min(given.sample or len(names), len(names)))
    open_ones = [name for name in sorted(chosen) if known.get(name) not in KILLED]
    for start in range(0, len(open_ones), 400):  # a command line has an end
        mutmut(folder, "run", "--max-children", str(given.processes), *open_ones[start : start + 400])


def prepared(part: str, fresh: bool) -> Path:
    """Bring the copy of the checkout up to date, and write the settings of mutmut."""
    folder = HERE / part
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *ROOMS, "tests", "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        source, target = ROOT / name, folder / name
        if source.is_file() and not (target.is_file() and target.read_bytes() == source.read_bytes()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    found = [str(path.relative_to(folder)) for one in PARTS[part].tests for path in sorted(folder.glob(one))]
    settings: dict[str, Sequence[str]] = {"source_paths": ROOMS, "only_mutate": PARTS[part].code}
    settings["pytest_add_cli_args_test_selection"] = found
    left_out = [f"--deselect={one}" for one in PARTS[part].but]
    plugins = ["-p", "no:cacheprovider", "-p", "tests.health.unshrunk"]
    always = [*plugins, "--hypothesis-seed=0", "-k", "not sm2", *left_out]
    settings["pytest_add_cli_args"] = always
    lines = [f"{key} =\n" + "".join(f"    {one}\n" for one in values) for key, values in settings.items()]
    (folder / "setup.cfg").write_text("[mutmut]\n" + "".join(lines), encoding="utf-8")
    return folder


def mutants(folder: Path, part: Part) -> Iterator[str]:
    """Names of all mutants of a part, as mutmut gives them."""
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    with contextlib.chdir(folder):
        for pattern in part.code:
            for path in sorted(Path().glob(pattern)):
                made = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
                yield from (get_mutant_name(path, name) for name in made.mutant_names)


def mutmut(folder: Path, *words: str) -> str:
    """Run mutmut's command in the folder; what it says is shown where it runs mutants."""
    command = [str(Path(sys.executable).with_name("mutmut")), *words]
    shown = words[0] == "run"
    environment = os.environ | {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, text=True, check=shown, capture_output=not shown)
    return done.stdout or ""


def statuses(folder: Path) -> dict[str, str]:
    """What became of each mutant that was tried."""
    said = mutmut(folder, "results", "--all", "true") if (folder / "mutants").is_dir() else ""
    return dict(line.strip().rsplit(": ", 1) for line in said.splitlines() if ": " in line)


def report(folder: Path, became: Mapping[str, str], chosen: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Print score and survivors; return the figures, and the survivors that are not known to be equal to the code."""
    left = [name for name in chosen if became.get(name) not in KILLED]
    known = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    real = []
    for name in left:
        change = changed(folder, name)
        if not any(fnmatch(name, f"{one['where']}__mutmut_*") and one["change"].strip() == change for one in known):
            real.append(name)
            print(f"\n{name}: {became.get(name)}\n{change}")  # noqa: T201  # this is a command
    equal, killed = len(left) - len(real), len(chosen) - len(left)
    score = f"{killed / max(len(chosen) - equal, 1):.1%}"
    print(f"\n{dict(Counter(became.get(name, 'not checked') for name in chosen))}")  # noqa: T201  # this is a command
    print(f"score: {killed} of {len(chosen) - equal}, {score}; {equal} more are equal to the code")  # noqa: T201  # as above
    return {"tried": len(chosen), "killed": killed, "equal": equal, "left": len(real)}, real


def changed(folder: Path, name: str) -> str:
    """The lines that a mutant takes away and puts in."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    path = Path(*name.rpartition(".")[0].split(".")).with_suffix(".py")
    with contextlib.chdir(folder):
        shown = get_diff_for_mutant(name, path=path)
    lines = [line for line in shown.splitlines() if line[:1] in "-+" and line[:3] not in ("---", "+++")]
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
