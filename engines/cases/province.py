"""Province: one ring of shell firms, seen by all engines; each adds evidence, none alone is sure.

Case 7-1 of the white paper, the central bank's account monitoring (陇银e通): many accounts with one legal
representative, officer, agent or address. In one summer a ring of nine shells opens accounts among honest families,
start-up houses and strangers who share as much. The filing bot hands over what contradicts the registry, the risk graph
finds who stands for whom in a circle, the ledger refuses the second pledge of a receivable, and the fraud engine scores
the accounts through which money goes round. Their evidence is weighed by what other provinces teach; the truth judges
at the end.
"""

from collections.abc import Callable

from datasets.errors import OutOfRangeError
from engines.progress import Report
from engines.province.browsing import browse, chosen, missing_browser
from engines.province.judging import compared
from engines.province.looking import look, other_seeds, scorer_for
from engines.province.signs import ENGINES
from engines.province.telling import Told, tell
from engines.province.verdict import groups_taken, verdict
from engines.province.weighing import learn
from engines.result import Result

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "7-1"
TITLE_ZH = "账户监测：一个团伙走遍所有引擎"

_MOST = 2_000
_SMALL = 200
_ACCOUNTS = 10


def run(
    seed: int = 7,
    size: int = 400,
    headed: bool = False,
    progress: Report | None = None,
    say: Callable[[str], None] | None = None,
) -> Result:
    """Let all engines look at one province, weigh what they say, and judge it.

    Parameters
    ----------
    seed
        Seed of the province; the provinces to learn from have other seeds.
    size
        Number of firms, about, 50 to 2,000; rounded up to whole towns of fifty. Below 200, three other provinces teach
        the weights, else six.
    headed
        Whether the bot's browser is shown.
    progress
        Called with the name of a step, how much is done and how much there is.
    say
        Called with lines for the person at the terminal.

    Raises
    ------
    OutOfRangeError
        If seed or size is out of range.
    """
    if not 50 <= size <= _MOST:
        raise OutOfRangeError(f"size is {size:,}, but the story has 50 to {_MOST:,} firms")
    told = progress or (lambda *_: None)
    no_browser = missing_browser(headed=headed)
    if no_browser and say is not None:
        say(f"without the bot's evidence · 缺备案机器人的证据: {no_browser}")
    engines = [name for name in ENGINES if not no_browser or name != "papers"]
    scorer = scorer_for(seed, size, told)
    seeds = other_seeds(seed, 3 if size < _SMALL else 6, 0)
    seen, others = look(seed, size, scorer, told), []
    for place, other in enumerate(seeds):
        told("other provinces · 其他省份", place, len(seeds))
        others.append(look(other, size, scorer, lambda *_: None).looked)
    told("other provinces · 其他省份", len(seeds), len(seeds))
    browsed = None if no_browser else browse(seen, chosen(seen, _ACCOUNTS), told, headed=headed)
    everybody = [seen.looked, *others]
    taken = {}
    for one in everybody:
        groups = groups_taken(one, learn([other for other in everybody if other is not one], engines))
        taken[one.seed] = (sum(2 * above >= size for above, size in groups.values()), len(groups))
    found = Told(verdict(seen, others, engines), others, compared(everybody, engines), taken, browsed, no_browser)
    return tell(found, size)
