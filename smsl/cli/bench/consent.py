"""Before anything is made in an account: what it will be, what permissions it takes, what it costs at most."""

from __future__ import annotations

import sys

from smsl.bench.deploy import TIMEOUT
from smsl.bench.names import Strategy
from smsl.bench.place import Place
from smsl.bench.plan import Plan
from smsl.bench.prices import Prices
from smsl.bench.report.words import money
from smsl.bench.rotation import ages_to_wait
from smsl.model.errors import SmslError
from smsl.render.page import counted, wrapped

ACTIONS = (
    "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PassRole", "iam:PutRolePolicy", "iam:TagRole",
    "lambda:CreateFunction", "lambda:DeleteFunction", "lambda:GetFunctionConfiguration", "lambda:GetLayerVersion",
    "lambda:InvokeFunction", "lambda:TagResource", "lambda:UpdateFunctionConfiguration",
    "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
    "secretsmanager:PutSecretValue", "secretsmanager:TagResource", "ssm:GetParameter", "sts:GetCallerIdentity",
)  # fmt: skip
"""What a run may call; with --cloudtrail cloudtrail:LookupEvents, too."""
_OVERHEAD = 10
"""Invocations of each function besides those that count: to see that it works, and to warm up."""
_INIT = 10
"""Seconds that initialisation may take, which is billed."""
_MB_IN_GB = 1024


def ask_first(plan: Plan, place: Place, prices: Prices, *, agreed: bool) -> None:
    """Say what is going to be made and ask whether to go on.

    Args:
        plan: What is measured.
        place: Where.
        prices: For the estimate.
        agreed: Whether it was agreed to on the command line.

    Raises:
        SmslError: Nobody can be asked, or the answer is no.
    """
    functions = len(plan.strategies) * len(plan.runtimes)
    made = [counted(functions, "function"), counted(len(plan.strategies), "role")]
    if not plan.own_secrets:
        made.append(counted(plan.secrets, "secret"))
    text = (
        f"In account {place.number}, {place.region}, this makes {', '.join(made)}, tagged smsl:run, and removes them at"
        f" the end. {most_invocations(plan):,} invocations cost at most {money(most(plan, prices))} (prices of"
        f" {prices.date}, {prices.region}), if each took as long as it may."
    )
    if Strategy.ENV in plan.strategies and not plan.own_secrets:
        text += " The secret of the env strategy is one that the run makes; no secret of yours gets into a variable."
    lines = [*wrapped(text, 80), *wrapped(f"{', '.join(ACTIONS)}", 80, "It needs: ", "  ")]
    print("\n".join(lines), file=sys.stderr)
    if agreed:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise SmslError("Nobody is there to agree to it.", "Give --yes.")
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise SmslError("Nothing was made.")


def most_invocations(plan: Plan) -> int:
    """Return how many invocations a run makes at most."""
    each = plan.warmup * plan.at_once + plan.cold + plan.warm + _OVERHEAD * plan.at_once
    if plan.rotation:
        each += sum(1 for _ in ages_to_wait(plan.ttl)) + 1
    return each * len(plan.strategies) * len(plan.runtimes)


def most(plan: Plan, prices: Prices) -> float:
    """Return what a run costs at most."""
    invocations = most_invocations(plan)
    starts = (plan.warmup + 2) * plan.at_once + plan.cold
    seconds = invocations * TIMEOUT + starts * len(plan.strategies) * len(plan.runtimes) * _INIT
    compute = prices.gb_seconds[plan.architecture].of(seconds * plan.memory / _MB_IN_GB)
    calls = prices.secret_calls.of(invocations * plan.secrets * 3)
    secrets = 0.0 if plan.own_secrets else prices.secret_months.of(plan.secrets) / 30
    return compute + prices.requests.of(invocations) + calls + secrets
