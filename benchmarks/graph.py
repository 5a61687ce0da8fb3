"""The risk graph beside scipy, igraph, networkit, rustworkx and networkx.

Datasets: guarantee networks of 10,000, 100,000 and a million firms with three guarantees each (quick: the first). For
each there are two tables. CPU time by question: the median of some runs after a warm-up, on one thread, each library
with the graph in its own form before the clock starts, and what turns its answer into arrays after it stops. And
whether an answer is that of most subjects (1) or another one (0): that one has no time, since a wrong answer is worth
none.

networkx is asked about up to 100,000 firms, beyond which it takes 6 to 23 s a question, and not about cycles, where it
takes three minutes for 10,000 firms. igraph is asked about cycles up to 100,000 firms: its time for them grows with the
square of the firms, and with a bound of four it misses some (1.0.0: 3 of the 7,024 among 30,000 firms, all three
triangles). Joins of tables are the referee there. rustworkx has no search for bounded cycles, and ranks wrongly with
the tolerance that it comes with, which is shown apart. What a library does not offer is an empty cell.

The last tables are of ours alone. Seconds for each million firms, and by how many times they are more than in the
smallest network: where the cost grows with the size of the network and not faster, that is 1. It is more, for small
networks fit into the processor's cache and large ones do not, so that two floors stand beside ours, which do no work
(`benchmarks.graph_floor`): a look along each tie, and a step to each firm that waits for the one before. What grows as
they do is waiting for memory; what grew faster than both would be more work for each firm. The time divided by that of
the fastest other library whose answer is right: above 1 we lose. What is paid once: the first calls (which load
compiled code), the compilation in a fresh checkout, and the peak memory of a process of its own that reads the ties
from a file, sorts and analyses them.

Scenarios (thousands, ours only, on one thread): the guarantee cascade with a probability of default of 1 % and one
common factor (correlation 0.15), and DebtRank with one firm in a thousand hit; the others have nothing like them.
On a busy machine trust the ratios.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.cost import timed
from benchmarks.graph_floor import floor
from benchmarks.graph_joins import joins
from benchmarks.graph_ours import compilation_seconds, ours, peak_bytes, scenario_seconds
from benchmarks.graph_peers import Answer, Subject, peers
from benchmarks.graph_ties import Ties, same, ties_of
from benchmarks.measurement import SHARE, Measurement, Progress

__all__ = ["PACKAGES", "QUESTIONS", "TITLE_ZH", "Answers", "agreement", "measured", "run"]

TITLE_ZH = "担保网络：结构与情景"

PACKAGES = ("numpy", "numba", "scipy", "igraph", "networkit", "rustworkx", "networkx", "pandas")
"""Whose versions belong into a record of this benchmark."""

QUESTIONS = (
    *("weak components", "strong components", "k-core", "articulation firms", "PageRank", "cycles up to 3"),
    *("cycles up to 4", "joint groups", "longest chain", "full analysis"),
)
_SEED = 7
_SIZES, _QUICK_SIZES = (10_000, 100_000, 1_000_000), (10_000,)
_SCENARIOS, _QUICK_SCENARIOS = 10_000, 200
_RUNS, _QUICK_RUNS = 5, 2
_PER_FIRM = "ours, seconds for a million firms"
_SHORT, _LONG_ENOUGH, _LONG = 0.05, 4.0, 5.0
"""CPU seconds of all runs up to which there are more of them, beyond which there are fewer; of one that is enough."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What one subject said of one network, by question, and in how many CPU seconds.

    Parameters
    ----------
    subject
        Its name.
    said
        Its answers, in a form that can be compared.
    first, seconds
        Of the first call and of the usual one.
    """

    subject: str
    said: dict[str, Any] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def run(quick: bool = False, progress: Progress | None = None) -> tuple[Measurement, ...]:
    """Measure every subject by every question that it can answer.

    Parameters
    ----------
    quick
        10,000 firms and 200 scenarios, without the compilation, in some seconds.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    PeerMissingError
        If one of the other libraries is not installed.
    """
    subjects = (ours(), joins(), *peers())
    sizes = _QUICK_SIZES if quick else _SIZES
    found: list[Measurement] = []
    alone: list[Measurement] = []
    for place, firms in enumerate(sizes):
        ties = ties_of(firms, 3 * firms, _SEED)
        known = []
        for number, subject in enumerate(subjects):
            if progress is not None:
                progress("libraries · 算法库", place * len(subjects) + number, len(sizes) * len(subjects))
            known.append(measured(subject, ties, _QUICK_RUNS if quick else _RUNS))
        found += _tables(f"{firms:,} firms", known)
        alone += _alone(firms, ties, _QUICK_SCENARIOS if quick else _SCENARIOS, known)
    alone += _growth(alone)
    if not quick:
        alone.append(Measurement("ours, once", "ours, fresh checkout", "compilation", compilation_seconds(), "s"))
    tables = list(dict.fromkeys(one.dataset for one in alone))
    return (*found, *sorted(alone, key=lambda one: tables.index(one.dataset)))


def measured(subject: Subject, ties: Ties, runs: int = _RUNS) -> Answers:
    """Ask a subject all that it can answer about a network, each question so many times after the first.

    Very short answers are asked for more often, unless `runs` is 1; of very long ones the first is enough.

    Examples
    --------
    >>> measured(ours(), ties_of(100, 300, seed=7)).said["full analysis"]
    ()
    """
    found = Answers(subject.name)
    asked = {name: answer for name, answer in subject.answers(ties).items() if ties.n <= answer.most_firms}
    form = subject.prepare(ties) if asked else None
    for question, answer in asked.items():
        said, found.first[question], found.seconds[question] = _asked(answer, form, runs)
        found.said[question] = answer.read(said)
    return found


def _asked(answer: Answer, form: Any, runs: int) -> tuple[Any, float, float]:
    said, first = timed(lambda: answer.ask(form))
    times = [first] if first > _LONG else []
    while not times or (runs > 1 and sum(times) < (_LONG_ENOUGH if len(times) < runs else _SHORT)):
        times.append(timed(lambda: answer.ask(form))[1])
    return said, first, median(times)


def agreement(answers: Mapping[str, Any]) -> dict[str, bool]:
    """Return for each subject whether more than half of all subjects, itself among them, gave its answer.

    Examples
    --------
    >>> agreement({"one": 5, "two": 5, "three": 6}), agreement({"one": 5, "two": 6})
    ({'one': True, 'two': True, 'three': False}, {'one': False, 'two': False})
    """
    return {
        name: 2 * sum(same(said, other) for other in answers.values()) > len(answers) for name, said in answers.items()
    }


def _tables(network: str, known: list[Answers]) -> Iterator[Measurement]:
    """Yield the times of right answers, then which answers agree."""
    agrees = _agrees(known)
    for one in known:
        for question, seconds in one.seconds.items():
            if agrees.get((one.subject, question), True):
                yield Measurement(f"{network}, CPU time", one.subject, question, seconds * 1e3, "ms")
    for (subject, question), is_same in agrees.items():
        yield Measurement(f"{network}, same answer", subject, f"agrees: {question}", float(is_same), SHARE)


def _agrees(known: list[Answers]) -> dict[tuple[str, str], bool]:
    """Say of each answer whether it agrees, where at least two were given."""
    found: dict[tuple[str, str], bool] = {}
    for question in QUESTIONS:
        said = {one.subject: one.said[question] for one in known if question in one.said}
        if len(said) > 1:
            found |= {(subject, question): is_same for subject, is_same in agreement(said).items()}
    return found


def _alone(firms: int, ties: Ties, scenarios: int, known: list[Answers]) -> Iterator[Measurement]:
    """Yield what ours alone is measured by, a row for each size of the network."""
    own, *others = known
    row, agrees = f"ours, {firms:,} firms", _agrees(known)
    costs = own.seconds | scenario_seconds(ties.network, scenarios) | measured(floor(), ties).seconds
    for name, seconds in costs.items():
        yield Measurement(_PER_FIRM, row, name, seconds * 1e6 / firms, "s")
    for question, seconds in own.seconds.items():
        right = [one.seconds[question] for one in others if agrees.get((one.subject, question))]
        if right:
            yield Measurement("ours, times of the fastest other", row, question, seconds / min(right), "×")
    late = sum(own.first[question] - own.seconds[question] for question in own.seconds)
    yield Measurement("ours, once", row, "first calls", max(late, 0.0), "s")
    yield Measurement("ours, once", row, "peak memory of the analysis", peak_bytes(ties.network) / 1e6, "MB")


def _growth(alone: list[Measurement]) -> Iterator[Measurement]:
    """Yield the cost for each firm of the larger networks as a multiple of that in the smallest one."""
    smallest: dict[str, float] = {}
    for one in alone:
        if one.dataset == _PER_FIRM and smallest.setdefault(one.metric, one.value) != one.value:
            yield Measurement(
                "ours, growth of the cost for each firm", one.subject, one.metric, one.value / smallest[one.metric], "×"
            )
