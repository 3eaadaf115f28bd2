"""Before anything is made in an account: the estimate is an upper bound, and without a yes nothing is made."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.bench.account import Invoked
from smsl.bench.deploy import Function
from smsl.bench.names import Strategy
from smsl.bench.place import Place
from smsl.bench.plan import Plan, Target
from smsl.bench.prices import shipped_prices
from smsl.bench.run import Run, Taken
from smsl.bench.session import carry_out
from smsl.cli.bench.consent import actions, all_invocations, ask_first, most
from smsl.lab.account import Lab
from smsl.lab.latency import Latency
from smsl.model.errors import SmslError

RUN = "0a1b2c3d"
SMALL = Plan(runtimes=("python3.13",), strategies=(Strategy.ENV,), cold=1, warm=1, warmup=0, rotation=False)
PLANS = {
    "little": SMALL,
    "only warm": replace(SMALL, cold=0, warm=3),
    "only cold": replace(SMALL, cold=3, warm=0),
    "several at once": replace(SMALL, cold=4, warm=7, warmup=2, at_once=3),
    "rotated": replace(SMALL, strategies=(Strategy.EXTENSION,), rotation=True, ttl=2),
}
ACTION = {"lambda:Invoke": "lambda:InvokeFunction"}
"""Operations whose permission has another name."""
WITHOUT_CALL = {
    "iam:PassRole", "iam:TagRole", "lambda:TagResource", "lambda:GetLayerVersion", "secretsmanager:TagResource",
}  # fmt: skip
"""Permissions that others take with them."""


LONG = {"only cold", "several at once"}


@pytest.mark.parametrize("name", [pytest.param(each, marks=[pytest.mark.verify] * (each in LONG)) for each in PLANS])
def test_a_run_makes_no_more_than_was_said(lab: Lab, place: Place, tmp_path: Path, name: str) -> None:
    plan = PLANS[name]
    lab.forget_calls()

    list(carry_out(plan, place, RUN, tmp_path, lambda _: None))

    made = [call for call in lab.calls() if call["function"] is None]
    invocations = [call for call in made if call["operation"] == "Invoke"]
    assert 0 < len(invocations) <= all_invocations(plan)
    called = {f"{call['service']}:{call['operation']}" for call in made}
    assert {ACTION.get(each, each) for each in called} == set(actions(plan, trail=False)) - WITHOUT_CALL - (
        {"sts:GetCallerIdentity"}  # asked before the run
        | ({"iam:PutRolePolicy"} if plan.strategies == (Strategy.ENV,) else set())
    )


class Counting:
    """Stands for an account in which everything works, and for the counter at its service: it counts invocations."""

    paced = False

    def __init__(self) -> None:
        self.invocations = 0

    def invoke(self, name: str) -> Invoked:
        self.invocations += 1
        return Invoked(None, False, "", 1.0)

    def set_variables(self, name: str, variables: object) -> None: ...

    def take(self, function: str) -> int:
        return 0


@settings(max_examples=30)
@given(
    cold=st.integers(0, 12), warm=st.integers(0, 40), warmup=st.integers(0, 3), at_once=st.integers(1, 7),
    strategies=st.lists(st.sampled_from(Strategy), min_size=1, unique=True),
)  # fmt: skip
def test_no_plan_makes_more_than_was_said(
    cold: int, warm: int, warmup: int, at_once: int, strategies: list[Strategy]
) -> None:
    plan = replace(
        SMALL, cold=cold, warm=warm or (not cold), warmup=warmup, at_once=at_once, strategies=tuple(strategies)
    )
    account: Any = Counting()
    functions = [Function(each.value, each, "python3.13", {}) for each in strategies]
    run = Run(plan, account, functions, account)

    run.probe()
    taken = sum(isinstance(event, Taken) for event in run.measure())

    assert taken == len(strategies) * (plan.cold + plan.warm), "each sample that was asked for"
    assert account.invocations <= all_invocations(plan)


def test_permissions_are_those_of_the_plan() -> None:
    plan = Plan(target=Target.AWS, runtimes=("python3.13",))
    own = replace(plan, own_secrets=("prod/a",), strategies=(Strategy.SDK,))

    assert {each for each in actions(plan, trail=False) if each.startswith("secretsmanager:")} == {
        f"secretsmanager:{each}" for each in ("CreateSecret", "DeleteSecret", "PutSecretValue", "TagResource")
    }
    assert {each for each in actions(own, trail=False) if each.startswith("secretsmanager:")} == {
        "secretsmanager:DescribeSecret"
    }
    assert "ssm:GetParameter" in actions(plan, trail=False)
    assert "ssm:GetParameter" not in actions(own, trail=False)
    assert "cloudtrail:LookupEvents" in actions(plan, trail=True)
    assert "cloudtrail:LookupEvents" not in actions(plan, trail=False)


def test_an_estimate_by_hand() -> None:
    plan = Plan(target=Target.AWS, runtimes=("python3.13",), strategies=(Strategy.SDK,), rotation=False, memory=1024)
    prices = shipped_prices()

    # 30 tries, 1 warm-up, 30 cold, 3 to settle, 300 warm; 25 s of 1 GB each, 3 calls each.
    assert all_invocations(plan) == 364
    assert most(plan, prices) == pytest.approx(
        364 * 25 * prices.gb_seconds["x86_64"].price
        + 364 * 0.20 / 1e6
        + (364 * 3 + 4) * 0.05 / 10_000
        + 0.40 / 30
    )  # fmt: skip
    assert most(replace(plan, own_secrets=("prod/a",)), prices) > most(plan, prices) - 0.40 / 30, "a key may cost"


@given(st.integers(0, 1000), st.integers(1, 100_000), st.integers(128, 10_240), st.integers(1, 20))
def test_more_never_costs_less(cold: int, warm: int, memory: int, secrets: int) -> None:
    plan = Plan(target=Target.AWS, runtimes=("python3.13",), cold=cold, warm=warm, memory=memory, secrets=secrets)
    more = [
        replace(plan, warm=min(100_000, warm + 10)),
        replace(plan, memory=min(10_240, memory * 2)),
        replace(plan, secrets=min(20, secrets + 1)),
        replace(plan, runtimes=("python3.13", "nodejs22.x")),
    ]

    assert all(most(each, shipped_prices()) >= most(plan, shipped_prices()) > 0 for each in more)


# The question.


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answer", "agreed"),
    [("y\n", True), (" YES \n", True), ("n\n", False), ("\n", False), ("", False), ("yess\n", False), ("ja\n", False)],
)
def test_only_a_yes_is_a_yes(place: Place, monkeypatch: pytest.MonkeyPatch, answer: str, agreed: bool) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys, "stderr", shown := Terminal())
    plan = Plan(target=Target.AWS, runtimes=("python3.13",), latency=Latency(1))
    if agreed:
        ask_first(plan, place, shipped_prices(), agreed=False, trail=False)
    else:
        with pytest.raises(SmslError, match=r"^Nothing was made\.$"):
            ask_first(plan, place, shipped_prices(), agreed=False, trail=False)

    text = shown.getvalue()
    assert text.endswith("Go on? [y/N] ")
    assert max(map(len, text.splitlines())) <= 80
    assert " ".join(text.split()).startswith(
        "In account 123456789012, eu-west-1, this makes 4 functions, 4 roles, 1 secret, tagged smsl:run, and removes"
        " them at the end. "
    )


@pytest.mark.parametrize("terminals", [(False, False), (True, False), (False, True)])
def test_nobody_is_asked_without_a_terminal(
    place: Place, monkeypatch: pytest.MonkeyPatch, terminals: tuple[bool, bool]
) -> None:
    streams = [Terminal("y\n") if each else io.StringIO("y\n") for each in terminals]
    monkeypatch.setattr(sys, "stdin", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    plan = Plan(target=Target.AWS, runtimes=("python3.13",))

    with pytest.raises(SmslError) as raised:
        ask_first(plan, place, shipped_prices(), agreed=False, trail=False)
    assert str(raised.value) == "Nobody is there to agree to it. Give --yes."

    ask_first(plan, place, shipped_prices(), agreed=True, trail=False)


def test_a_no_makes_nothing(lab: Lab, tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {**inherited, **lab.environment, "XDG_STATE_HOME": str(tmp_path)}
    lab.forget_calls()
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "smsl.cli", "bench", "--target", "aws"],
        env=environment, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs,
    ) as running:  # fmt: skip
        os.close(theirs)
        shown = b""
        while b"Go on? [y/N] " not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, b"n\n")
        output, _ = running.communicate(timeout=60)
    os.close(ours)

    assert (running.returncode, output) == (2, b"")
    assert {call["operation"] for call in lab.calls()} == {"GetCallerIdentity"}
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
