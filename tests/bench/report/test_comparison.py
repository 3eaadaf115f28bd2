"""Two saved results side by side: what changed first, and nothing of either file can hurt a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.bench.names import Phase, Strategy
from smsl.bench.report import comparison, document
from smsl.bench.result import Result
from smsl.bench.saved import Condition, Saved, Times, load, save

GOLDEN = Path(__file__).parent / "golden"
STEADY = [15.0 + each / 100 for each in range(-15, 15)]


def saved(
    warm: Mapping[tuple[str, str], list[float]],
    calls: Mapping[tuple[str, str], tuple[float | None, float | None]] | None = None,
    target: str = "lab",
    run: str = "0a1b2c3d",
    conditions: Mapping[str, Condition] | None = None,
) -> Saved:
    """Return a result by the warm times of its strategies and runtimes."""
    times = tuple(
        Times(strategy, runtime, phase, tuple(each) if phase is Phase.WARM else ())
        for (strategy, runtime), each in warm.items()
        for phase in Phase
    )
    return Saved(run, target, times, dict.fromkeys(warm, (1.0, 100.0)) if calls is None else calls, conditions or {})


SDK, CACHE, NODE = ("sdk", "python3.13"), ("cache", "python3.13"), ("sdk", "nodejs22.x")
OLD = saved({SDK: STEADY, CACHE: [each / 30 for each in STEADY], NODE: STEADY})
NEW = saved(
    {SDK: [each * 1.2 for each in STEADY], CACHE: [each / 31 for each in STEADY], NODE: STEADY},
    {SDK: (1.0, 200.0), CACHE: (2.0, None), NODE: (1.0, 100.0)},
    run="4d3c2b1a",
)  # fmt: skip


def test_golden() -> None:
    assert comparison.render(OLD, NEW) == (GOLDEN / "compared.txt").read_text(encoding="utf-8")


def lines(old: Saved, new: Saved) -> list[str]:
    return comparison.render(old, new).splitlines()


def test_what_is_the_same_is_said_to_be() -> None:
    assert lines(OLD, OLD)[0] == "SAME       none of 3 comparisons is significant"
    assert not [each for each in lines(OLD, OLD) if ", calls: " in each]


def test_what_has_nothing_in_common() -> None:
    assert lines(saved({SDK: STEADY}), saved({CACHE: STEADY})) == [
        "NOTHING    the two results have no strategy, runtime and phase in common"
    ]


def test_too_few_samples_are_no_sameness() -> None:
    few = saved({SDK: STEADY[:3]})

    assert lines(OLD, few) == [
        "UNDECIDED  what they have in common cannot be compared",
        "  sdk warm python3.13      a comparison takes 5 samples of each, and of new it",
        "                           has 3",
    ]


def test_a_median_that_five_samples_do_not_bound_is_marked() -> None:
    five = saved({SDK: STEADY[:5]})

    assert lines(five, five)[1:] == [
        "  sdk warm python3.13  14.9+ -> 14.9+ ms  unclear  ratio 1.00 [1.00, 1.00]",
        "  + at least: so few samples do not bound it from above",
    ]
    assert not [each for each in lines(OLD, NEW) if "at least" in each]


def test_what_changed_comes_first() -> None:
    slower = saved({NODE: STEADY, CACHE: [each / 30 for each in STEADY], SDK: [each * 2 for each in STEADY]})

    head, first, *_ = lines(OLD, slower)

    assert head == "CHANGED    1 of 3 comparisons is significant"
    assert first == "  sdk warm python3.13    15.0 -> 30.0 ms  slower   ratio 2.00 [1.99, 2.01]"


def test_two_places_are_noted() -> None:
    assert lines(OLD, saved({SDK: STEADY}, target="aws"))[1] == (
        "NOTE       lab against aws: what differs is the place, not the strategy"
    )


AROUND: dict[str, Condition] = {
    "interrupted": False, "secrets": 1, "ttl": 300, "memory_mb": 256, "service_latency": "20ms..100ms (assumed)",
    "runtimes": {"python3.13": "Python 3.13.1", "nodejs22.x": "Node.js 22.1.0"},
}  # fmt: skip
OTHERWISE: dict[str, Condition] = {
    "interrupted": True, "secrets": 3, "ttl": 0, "memory_mb": 512, "service_latency": "5ms (as asked)",
    "runtimes": {"python3.13": "Python 3.13.2", "nodejs22.x": "Node.js 22.1.0"},
}  # fmt: skip


def test_what_else_differs_is_said_before_what_it_moves() -> None:
    text = comparison.render(replace(OLD, conditions=AROUND), replace(NEW, conditions=OTHERWISE))

    assert text == (GOLDEN / "compared_otherwise.txt").read_text(encoding="utf-8")


def test_what_else_differs_as_plain_data() -> None:
    found = comparison.document(replace(OLD, conditions=AROUND), replace(NEW, conditions=OTHERWISE))

    assert found["conditions_differ"] == {
        "interrupted": {"old": False, "new": True},
        "secrets": {"old": 1, "new": 3},
        "ttl": {"old": 300, "new": 0},
        "memory_mb": {"old": 256, "new": 512},
        "service_latency": {"old": "20ms..100ms (assumed)", "new": "5ms (as asked)"},
        "runtimes": {"old": {"python3.13": "Python 3.13.1"}, "new": {"python3.13": "Python 3.13.2"}},
    }
    assert comparison.document(OLD, NEW)["conditions_differ"] == {}


def test_as_plain_data() -> None:
    found = comparison.document(OLD, NEW)

    assert json.loads(json.dumps(found)) == found
    assert found["schema"] == "smsl.bench-comparison/1"
    assert (found["old"], found["new"]) == ({"run": "0a1b2c3d", "target": "lab"}, {"run": "4d3c2b1a", "target": "lab"})
    sdk = found["comparisons"][0]
    assert (sdk["runtime"], sdk["strategy"], sdk["phase"]) == ("python3.13", "sdk", "warm")
    assert (sdk["ratio"], sdk["significant"]) == (pytest.approx(1.2), True), "above one: the new one is slower"
    assert found["api_calls"][1] == {
        "strategy": "cache", "runtime": "python3.13",
        "old": {"per_cold_start": 1.0, "per_100_warm": 100.0}, "new": {"per_cold_start": 2.0, "per_100_warm": None},
    }  # fmt: skip
    few = comparison.document(OLD, saved({SDK: STEADY[:3]}))
    assert few["comparisons"][0]["unknown"] == "a comparison takes 5 samples of each, and of new it has 3"


def test_a_result_is_the_same_as_itself(results: Mapping[str, Result], tmp_path: Path) -> None:
    for name, result in results.items():
        save(tmp_path / f"{name}.json", document.render(result))
        found = load(tmp_path / f"{name}.json")

        assert comparison.document(found, found)["conditions_differ"] == {}
        each = comparison.document(found, found)["comparisons"]
        assert [one for one in each if one.get("significant") or one.get("ratio", 1) != 1] == []
        assert all(len(line) <= 80 for line in lines(found, found))


HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["\x1b[2J", "\n::error::x", "##[error]", "\u202e", "\r\n", "sdk"]
)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_names_of_a_file_are_never_raw(strategy: str, runtime: str, target: str) -> None:
    one = saved({(strategy, runtime): STEADY}, {(strategy, runtime): (1.0, 2.0)}, target)
    other = saved({(strategy, runtime): [each * 2 for each in STEADY]}, {(strategy, runtime): (None, 2.5)})

    text = comparison.render(one, other)

    assert text.replace("\n", "").isprintable()
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


@settings(max_examples=25)
@given(st.data())
def test_no_line_is_wider_than_a_terminal(data: st.DataObject) -> None:
    keys = [(each.value, runtime) for each in Strategy for runtime in ("python3.13", "nodejs22.x")]
    times = st.lists(st.floats(0.01, 15_000), max_size=8).map(lambda each: [*each, *each])
    calls = st.tuples(*[st.none() | st.floats(0, 100_000)] * 2)

    def any_saved() -> Saved:
        return saved(
            data.draw(st.dictionaries(st.sampled_from(keys), times)),
            data.draw(st.dictionaries(st.sampled_from(keys), calls)),
            data.draw(st.sampled_from(["lab", "aws"])),
        )

    text: Any = comparison.render(any_saved(), any_saved())

    assert [line for line in text.splitlines() if len(line) > 80] == []
