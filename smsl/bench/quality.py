"""What a reader should know of a series before trusting its numbers.

Each remark is a sentence and the numbers in it; none changes a result or leaves a sample out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil, pi, sqrt
from statistics import fmean, median, stdev

from smsl.bench.compare import compare
from smsl.bench.percentiles import LEAST, percentile
from smsl.model.unknown import Unknown

_DEVIATIONS = 10
"""Standard deviations from the median at which a sample is far off. Hyperfine draws the line there too."""
_PER_MEDIAN_DEVIATION, _PER_MEAN_DEVIATION = 1.4826, sqrt(pi / 2)
"""What a median and a mean absolute deviation are multiplied by to estimate a normal standard deviation."""
_WIDE_DEVIATION, _WIDE_END = 0.10, 0.50
"""Of the mean: what a standard deviation, and the distance of the smallest or largest sample, should stay below.

Source: https://pyperf.readthedocs.io/en/latest/cli.html
"""
_WIDE_INTERVAL = 0.10
"""Of the median: how wide its 95 % interval may be before more samples are worth taking."""


class Kind(Enum):
    """What a remark is about."""

    TOO_FEW = "too-few"
    FIRST_RUN = "first-run"
    OUTLIERS = "outliers"
    DRIFT = "drift"
    SPREAD = "spread"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a series that its percentiles do not show."""

    kind: Kind
    sentence: str
    numbers: Mapping[str, float]
    """What the sentence says, by name. Times in milliseconds, shares of one."""


def remarks(samples: Sequence[float]) -> tuple[Remark, ...]:
    """Return what is worth saying of a series.

    Args:
        samples: In the order in which they were measured. Milliseconds.
    """
    if len(samples) < LEAST:
        sentence = f"too few samples: {len(samples)}, and nothing is said of fewer than {LEAST}"
        return (Remark(Kind.TOO_FEW, sentence, {"n": len(samples), "wanted": LEAST}),)
    return (*_too_few(samples), *_far_off(samples), *_drift(samples), *_spread(samples))


def served_stale(stale: int, n: int) -> tuple[Remark, ...]:
    """Return what is worth saying of values that were served beyond their time."""
    if not stale:
        return ()
    sentence = (
        f"{stale} of {n} invocations got a value beyond its time: Secrets Manager did not answer when it was over"
    )
    return (Remark(Kind.STALE, sentence, {"stale": stale, "n": n}),)


def _too_few(samples: Sequence[float]) -> Iterator[Remark]:
    middle = percentile(sorted(samples), 50)
    if isinstance(middle, Unknown) or middle.value <= 0:
        return
    width = (middle.high - middle.low) / middle.value
    if width > _WIDE_INTERVAL:
        # An interval narrows with the square root of the count.
        wanted = ceil(len(samples) * (width / _WIDE_INTERVAL) ** 2)
        yield Remark(
            Kind.TOO_FEW,
            f"few samples for their spread: of {len(samples)}, the median's interval is {width:.0%} of it wide;"
            f" some {wanted} would bring it to {_WIDE_INTERVAL:.0%}",
            {"n": len(samples), "width": width, "wanted": wanted},
        )


def _far_off(samples: Sequence[float]) -> Iterator[Remark]:
    middle = median(samples)
    reach = _DEVIATIONS * _deviation(samples, middle)
    far = [place for place, sample in enumerate(samples) if abs(sample - middle) > reach]
    if far and far[0] == 0 and samples[0] > middle:
        yield Remark(
            Kind.FIRST_RUN,
            f"the first sample took {samples[0]:.4g} ms, far from the median of {middle:.4g} ms: something was not yet"
            " warm, or not there yet",
            {"first": samples[0], "median": middle},
        )
        far = far[1:]
    if far:
        slow = sum(1 for place in far if samples[place] > middle)
        farthest = max((samples[place] for place in far), key=lambda sample: abs(sample - middle))
        yield Remark(
            Kind.OUTLIERS,
            f"{len(far)} of {len(samples)} samples lie{'s' if len(far) == 1 else ''} far from the median of"
            f" {middle:.4g} ms ({slow} slower), the farthest at {farthest:.4g} ms: another load on the machine,"
            " or a rare slow path",
            {"outliers": len(far), "slower": slow, "n": len(samples), "median": middle, "farthest": farthest},
        )


def _deviation(samples: Sequence[float], middle: float) -> float:
    """Return a standard deviation that outliers do not inflate.

    Of a series of which more than half is one value the median deviation is zero, and any other value would be far off:
    there the mean deviation stands in.

    Source: B. Iglewicz and D. C. Hoaglin (1993), How to Detect and Handle Outliers.
    """
    distances = [abs(sample - middle) for sample in samples]
    return median(distances) * _PER_MEDIAN_DEVIATION or fmean(distances) * _PER_MEAN_DEVIATION


def _drift(samples: Sequence[float]) -> Iterator[Remark]:
    half = len(samples) // 2
    found = compare(("the second half", samples[-half:]), ("the first", samples[:half]))
    if isinstance(found, Unknown) or not found.significant:
        return
    yield Remark(
        Kind.DRIFT,
        f"times drift: the second half took {found.ratio:.2f} times as long as the first"
        f" [{found.low:.2f}, {found.high:.2f}], so a series of another length would have another median",
        {"ratio": found.ratio, "low": found.low, "high": found.high, "p_value": found.p_value},
    )


def _spread(samples: Sequence[float]) -> Iterator[Remark]:
    mean = fmean(samples)
    if mean <= 0:
        return
    deviation, below, above = stdev(samples) / mean, 1 - min(samples) / mean, max(samples) / mean - 1
    if deviation >= _WIDE_DEVIATION or below >= _WIDE_END or above >= _WIDE_END:
        yield Remark(
            Kind.SPREAD,
            f"times spread: the standard deviation is {deviation:.0%} of the mean of {mean:.4g} ms,"
            f" and the samples reach from {min(samples):.4g} to {max(samples):.4g} ms",
            {"deviation": deviation, "mean": mean, "least": min(samples), "most": max(samples)},
        )
