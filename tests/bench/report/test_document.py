"""The result as plain data: what the schema says, all of it and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.bench.report import document
from smsl.bench.result import Result
from smsl.bench.saved import load, save
from smsl.model.unknown import Unknown

SCHEMA = json.loads(files("smsl.bench.report").joinpath("bench.schema.json").read_text(encoding="utf-8"))
NAMES = ("lab", "two_runtimes", "aws", "trail", "interrupted", "few", "rough", "floor")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def valid(found: Any) -> Any:
    VALIDATOR.validate(found)
    return found


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_result_is_valid(name: str, results: Mapping[str, Result]) -> None:
    text = document.render(results[name])

    assert valid(json.loads(text)) == document.document(results[name])
    assert text.isascii()
    assert text.endswith("}\n")


def test_no_result_is_valid_too(built: Any) -> None:
    found = valid(document.document(built.result(conditions=built.lab)))

    assert (found["results"], found["comparisons"], found["cost"]["months"]) == ([], [], [])


@settings(max_examples=25)
@given(data=st.data())
def test_any_result_is_valid_and_can_be_saved(
    any_result: Callable[[st.DataObject], Result], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    result = any_result(data)
    text = document.render(result)
    valid(json.loads(text))
    path = tmp_path_factory.getbasetemp() / "any.json"
    save(path, text)

    times = {(each.strategy, each.runtime, each.phase): each.milliseconds for each in load(path).times}

    assert len(times) == 2 * len(result.rows)
    for row in result.rows:
        for (strategy, runtime, phase), milliseconds in times.items():
            if (strategy, runtime) == (row.series.strategy.value, row.series.runtime):
                assert list(milliseconds) == pytest.approx(row.series.times(phase), abs=1e-4)


def test_the_schema_refuses_what_is_not_there(results: Mapping[str, Result]) -> None:
    """A schema that takes everything would prove nothing."""
    whole = document.document(results["lab"])
    VALIDATOR.validate(whole)

    def broken(change: Callable[[dict[str, Any]], object]) -> bool:
        copied = json.loads(json.dumps(whole))
        change(copied)
        return not VALIDATOR.is_valid(copied)

    assert broken(lambda found: found.pop("conditions"))
    assert broken(lambda found: found.update(more=1))
    assert broken(lambda found: found["results"][0]["cold"].update(p999={}))
    assert broken(lambda found: found["results"][0]["cold"]["p50"].pop("low"))
    assert broken(lambda found: found["results"][0].update(strategy="memcached"))
    assert broken(lambda found: found["results"][0]["api_calls"].update(unknown="so far"))
    assert broken(lambda found: found["comparisons"][0].pop("ratio"))
    assert broken(lambda found: found["comparisons"][0].update(unknown="both"))
    assert broken(lambda found: found["cost"]["months"][0]["recommendation"].update(strategy="none"))
    assert broken(lambda found: found.update(run="hunter2"))


def test_what_is_not_known_says_so(results: Mapping[str, Result]) -> None:
    aws, few = document.document(results["aws"]), document.document(results["few"])

    extension = next(row for row in aws["results"] if row["strategy"] == "extension")
    assert extension["api_calls"] == {
        "unknown": "the extension makes its calls where the handler does not see them", "needs": ["--cloudtrail"]
    }  # fmt: skip
    assert extension["stale_after_rotation"]["needs"] == ["--rotation"]
    assert few["results"][0]["warm"]["p99"] == {"unknown": "p99 takes 100 samples, and there are 4"}
    assert few["comparisons"][0] == {
        "runtime": "python3.13", "phase": "cold", "a": "sdk", "b": "cache",
        "unknown": "a comparison takes 5 samples of each, and of sdk it has 3",
    }  # fmt: skip
    assert few["cost"]["months"][0]["strategies"][0]["total"] == {
        "unknown": "billed time was not measured, and only AWS bills it"
    }


def test_what_the_contract_names(results: Mapping[str, Result]) -> None:
    """The members that others script against."""
    found = document.document(results["lab"])

    assert found["schema"] == "smsl.bench/1"
    assert set(found) >= {"schema", "target", "conditions", "results", "comparisons"}
    for row in found["results"]:
        assert set(row) >= {"strategy", "runtime", "cold", "warm", "api_calls", "memory_mb", "samples"}
        assert set(row["warm"]) >= {"p50", "p90", "p95", "p99"}
        assert set(row["api_calls"]) >= {"per_cold_start", "per_100_warm", "total"}
        assert set(row["warm"]["p50"]) >= {"value", "low", "high", "n"}


def test_a_failed_sample_is_counted_and_not_shown(results: Mapping[str, Result]) -> None:
    (row, _) = document.document(results["rough"])["results"]

    assert row["warm"]["excluded"] == {"failed (ClientError)": 2}
    assert (row["warm"]["n"], len(row["samples"]["warm"])) == (101, 101)


def test_no_command_of_a_runner_is_in_it(results: Mapping[str, Result]) -> None:
    base = results["lab"]
    hostile = "##[error]\x1b[2J"
    conditions = replace(base.conditions, runtimes={"python3.13": hostile}, machine=hostile)
    rows = (replace(base.rows[0], series=replace(base.rows[0].series, calls=Unknown(hostile))), *base.rows[1:])
    text = document.render(replace(base, conditions=conditions, rows=rows))

    assert "##[" not in text
    assert "\x1b" not in text
    assert valid(json.loads(text))["conditions"]["machine"] == hostile
