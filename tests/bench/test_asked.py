"""Options and the plan that they mean, or what is said of those that mean none."""

from __future__ import annotations

import json
import sys
from dataclasses import fields, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.names import Strategy
from smsl.bench.place import aws_runtimes, lab_runtimes
from smsl.bench.plan import Plan, family
from smsl.bench.prices import shipped_prices
from smsl.cli.bench.asked import Asked, journal_directory, plan_of, prices_of, state_directory, traffic_of
from smsl.lab.latency import Latency
from smsl.model.errors import SmslError

CASES = json.loads((Path(__file__).parent / "cases" / "asked.json").read_text(encoding="utf-8"))
NOTHING = Asked(
    strategies=(), runtimes=(), cold=30, warm=300, warmup=1, at_once=1, secrets=1, secret=(), ttl=300,
    fetch_in="handler", memory=256, architecture="x86_64", rotation=None, seed=None, aws=False, service_latency=None,
    throttled=None, failing=None, extension_binary=None, invocations="10M", concurrency=50, prices=None, require=(),
    output="console", save_as=None, notes=False, yes=False, cloudtrail=False, region=None, profile=None, role_arn=None,
    endpoint_url=None,
)  # fmt: skip
"""As the command line fills it in."""


def asked(options: dict[str, Any]) -> Asked:
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
    if "extension_binary" in given:
        given["extension_binary"] = Path(given["extension_binary"])
    return replace(NOTHING, **given)


def plain(value: object) -> object:
    """Return a member of a plan as the table writes it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Latency):
        return str(value)
    return [plain(each) for each in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", [each for each in CASES if "error" not in each], ids=lambda case: case["because"])
def test_what_is_meant(case: dict[str, Any]) -> None:
    wanted = asked(case["options"])

    plan = plan_of(wanted)
    traffic = traffic_of(wanted, plan, 0)

    assert {name: plain(getattr(plan, name)) for name in case.get("plan", {})} == case.get("plan", {})
    assert {name: getattr(traffic, name) for name in case.get("traffic", {})} == case.get("traffic", {})


@pytest.mark.parametrize("case", [each for each in CASES if "error" in each], ids=lambda case: case["because"])
def test_what_means_nothing(case: dict[str, Any]) -> None:
    wanted = asked(case["options"])

    with pytest.raises(SmslError) as raised:
        traffic_of(wanted, plan_of(wanted), 0)

    assert (raised.value.message, raised.value.next_step) == (case["error"], case["next"])


def test_every_option_of_a_plan_is_in_the_table() -> None:
    plain_case = next(each for each in CASES if each["because"] == "nothing is asked for")

    assert set(plain_case["plan"]) == {each.name for each in fields(Plan)}


def test_a_count_too_large_for_a_number() -> None:
    with pytest.raises(SmslError, match=r"^--invocations is a number"):
        traffic_of(replace(NOTHING, invocations="9" * 400), Plan(), 0)


def test_without_a_seed_one_is_drawn_that_can_be_given_again() -> None:
    drawn = {plan_of(NOTHING).seed for _ in range(20)}

    assert len(drawn) > 1
    assert all(0 <= each < 10_000 for each in drawn)
    assert plan_of(replace(NOTHING, seed=0)).seed == 0


TEXT = st.text(max_size=8) | st.sampled_from(["5%", "0.1", "20ms", "1M", "python", "sdk", "20ms..1s", "python3.13"])


@given(
    strategies=st.lists(TEXT, max_size=2), runtimes=st.lists(TEXT, max_size=2), throttled=st.none() | TEXT,
    failing=st.none() | TEXT, service_latency=st.none() | TEXT, invocations=TEXT, secret=st.lists(TEXT, max_size=2),
    aws=st.booleans(), cold=st.integers(-2, 2000), warm=st.integers(-2, 2), concurrency=st.integers(-2, 10),
)  # fmt: skip
def test_any_options_are_a_plan_or_an_error(**options: Any) -> None:
    wanted = asked(options)
    try:
        plan = plan_of(wanted)
        traffic_of(wanted, plan, 0)
    except SmslError:
        return
    assert all(family(each) for each in plan.runtimes)
    assert Strategy.ENV not in plan.strategies or not plan.own_secrets


# What it needs of the machine.


def test_a_family_and_its_version_are_one_runtime() -> None:
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"

    assert lab_runtimes(("python", here)) == (here,)
    assert aws_runtimes(("python", "python3.13", "nodejs", "nodejs20.x")) == ("python3.13", "nodejs22.x", "nodejs20.x")


@pytest.mark.parametrize(
    ("runtime", "name"),
    [
        ("python", "python"), ("python3.9", "python"), ("python3.13", "python"), ("nodejs", "nodejs"),
        ("nodejs22.x", "nodejs"), ("python3", ""), ("python3.x", ""), ("pythonxxx", ""), ("nodejs3.13", ""),
        ("nodejs٢٢.x", ""), ("provided.al2023", ""), ("", ""), ("python3.13\n", ""),
    ],
)  # fmt: skip
def test_family(runtime: str, name: str) -> None:
    assert family(runtime) == name


# Files.


def test_prices_of_a_file(tmp_path: Path) -> None:
    from importlib.resources import files

    text = files("smsl.bench").joinpath("prices.json").read_text(encoding="utf-8")
    path = tmp_path / "mine.json"
    path.write_text(text.replace("us-east-1", "eu-west-1"))

    assert prices_of(replace(NOTHING, prices=path)).region == "eu-west-1"
    assert prices_of(NOTHING) == shipped_prices()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "The prices cannot be read (FileNotFoundError)."),
        (b"\xff", "The prices are not text in UTF-8."),
        (b"{", "mine.json: is not JSON."),
        (b"{}", "mine.json.region: is missing."),
    ],
)
def test_prices_that_are_none(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "mine.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SmslError) as raised:
        prices_of(replace(NOTHING, prices=path))
    assert raised.value.message == message


def test_results_are_kept_where_state_belongs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_directory() == tmp_path / "smsl" / "bench"
    assert journal_directory() == tmp_path / "smsl" / "bench" / "journals"

    monkeypatch.setenv("XDG_STATE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_directory() == tmp_path / ".local" / "state" / "smsl" / "bench"


def test_a_directory_is_no_price_list(tmp_path: Path) -> None:
    with pytest.raises(SmslError, match=r"^The prices cannot be read \(IsADirectoryError\)"):
        prices_of(replace(NOTHING, prices=tmp_path))
