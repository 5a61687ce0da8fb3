"""Small charts as numbers: where the bars of a count stand in a box, for a template that draws them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Bar", "Chart", "bars"]


@dataclass(frozen=True)
class Bar:
    """A bar: left edge, top, width and height in the units of the box, its label, and what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    label: str
    note: str
    is_marked: bool


@dataclass(frozen=True)
class Chart:
    """A box of bars; `summary` says in words what it shows, for who cannot see it."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    summary: str
    most: int


def bars(
    counts: Sequence[int],
    labels: Sequence[str],
    summary: str,
    *,
    width: int = 480,
    height: int = 96,
    marked: int | None = None,
    gap: float = 0.2,
) -> Chart:
    """Return the bars of some counts, the greatest as high as the box; anything above zero can be seen.

    Parameters
    ----------
    counts, labels
        Counts, and what stands below each; an empty label is left out.
    summary
        What the chart shows.
    width, height
        Of the box, without the labels.
    marked
        Position of the bar that stands out.
    gap
        Share of each place that is left free.

    Examples
    --------
    >>> chart = bars([1, 4, 0], ["a", "b", "c"], "three", width=30, height=40)
    >>> [(bar.x, bar.y, bar.height) for bar in chart.bars]
    [(1.0, 30.0, 10.0), (11.0, 0.0, 40.0), (21.0, 40.0, 0.0)]
    """
    most, place = max(counts, default=0), width / max(len(counts), 1)
    found = []
    for at, (count, label) in enumerate(zip(counts, labels, strict=True)):
        tall = 0.0 if not count else round(max(height * count / most, 2.0), 2)
        found.append(
            Bar(
                x=round(place * (at + gap / 2), 2),
                y=round(height - tall, 2),
                width=round(place * (1 - gap), 2),
                height=tall,
                label=label,
                note=f"{label or at}: {count:,}",
                is_marked=at == marked,
            )
        )
    return Chart(width, height, tuple(found), summary, most)
