"""The parts of the behaviour-risk case: devices, people behind channels, models, and one event's answer.

In: a seed and a size. Out: for each part what was found, measured against the province's truth where there is one. The
case itself is `engines.cases.behaviour_risk`.
"""

__all__ = ["devices", "models", "people", "showing"]
