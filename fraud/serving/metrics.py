"""The metrics as text (运行指标): what a monitoring system of the bank's own collects.

Source: Prometheus text exposition format 0.0.4; latencies are a summary with quantiles, in seconds.
"""

from collections.abc import Mapping
from typing import Any

from fraud.costs import ACTIONS

__all__ = ["exposition"]

_SHARES = {"p50": "0.5", "p90": "0.9", "p99": "0.99", "p999": "0.999"}


def exposition(told: Mapping[str, Any]) -> str:
    """Return what `Watch.told` returns as text.

    Examples
    --------
    >>> from fraud.serving.watch import Watch
    >>> print(exposition(Watch(now=0.0).told(now=1.0)))
    # HELP hexi_decisions_total Decisions by action.
    # TYPE hexi_decisions_total counter
    hexi_decisions_total{action="pass"} 0
    ...
    """
    counts = told["counts"]
    lines = ["# HELP hexi_decisions_total Decisions by action.", "# TYPE hexi_decisions_total counter"]
    lines += [f'hexi_decisions_total{{action="{action}"}} {counts[action]}' for action in ACTIONS]
    for name, said in (
        ("degraded", "Decisions by rules alone."),
        ("repeated", "Events that were sent again and got their decision again."),
        ("conflict", "Events refused for other content under the same number."),
        ("refused", "Events that were turned away."),
    ):
        lines += [f"# HELP hexi_{name}_total {said}", f"# TYPE hexi_{name}_total counter"]
        lines.append(f"hexi_{name}_total {counts[name]}")
    lines += ["# HELP hexi_latency_seconds From arrival to answer, last minute.", "# TYPE hexi_latency_seconds summary"]
    lines += [
        f'hexi_latency_seconds{{quantile="{share}"}} {told["latency_ms"][name] / 1e3:.6f}'
        for name, share in _SHARES.items()
    ]
    lines += ["# HELP hexi_drift_psi Population stability index by field.", "# TYPE hexi_drift_psi gauge"]
    lines += [f'hexi_drift_psi{{field="{one["name"]}"}} {one["index"]}' for one in told["drift"]["fields"]]
    lines += ["# HELP hexi_waiting Events in the house.", "# TYPE hexi_waiting gauge"]
    return "\n".join([*lines, f"hexi_waiting {told.get('waiting', 0)}", ""])
