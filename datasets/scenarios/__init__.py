"""Seven typologies of fraud, each beside the honest behaviour that looks like it.

In: a world, a source of chance, and an episode (when it starts, how many payments, from which town). Out: that many
rows, in which what is not said is left to `datasets.conduct`. `SCENARIOS` lists all, frauds and look-alikes.
"""

from datasets.scenarios import (
    account_takeover,
    card_testing,
    device_farm,
    merchant_collusion,
    skimming,
    slow_theft,
    telecom_fraud,
)
from datasets.scenarios.episode import Episode, Scenario

__all__ = ["SCENARIOS", "Episode", "Scenario"]

SCENARIOS: tuple[Scenario, ...] = (
    *account_takeover.SCENARIOS,
    *telecom_fraud.SCENARIOS,
    *card_testing.SCENARIOS,
    *device_farm.SCENARIOS,
    *merchant_collusion.SCENARIOS,
    *skimming.SCENARIOS,
    *slow_theft.SCENARIOS,
)
