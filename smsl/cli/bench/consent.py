"""Before anything is made in an account: what it will be, what permissions it takes, what it costs at most."""

from __future__ import annotations

import sys

from smsl.bench.deploy import TIMEOUT
from smsl.bench.money import money
from smsl.bench.names import Strategy
from smsl.bench.place import Place
from smsl.bench.plan import Plan
from smsl.bench.prices import Prices
from smsl.bench.rotation import ages_to_wait
from smsl.bench.run import most_invocations
from smsl.model.errors import SmslError
from smsl.render.page import counted, wrapped

_ALWAYS = (
    "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PassRole", "iam:PutRolePolicy", "iam:TagRole",
    "lambda:CreateFunction", "lambda:DeleteFunction", "lambda:GetFunctionConfiguration", "lambda:InvokeFunction",
    "lambda:TagResource", "lambda:UpdateFunctionConfiguration", "sts:GetCallerIdentity",
)  # fmt: skip
_FOR_SECRETS = ("secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:TagResource")
_FOR_LAYER = ("lambda:GetLayerVersion", "ssm:GetParameter")
_INIT = 10
"""Seconds that initialisation may take, which is billed."""
_ATTEMPTS = 3
"""To read a secret in one invocation, retries included."""
_HANDLING = 4
"""Calls of Secrets Manager to make, look at, rotate and remove a secret."""
_DAYS = 30
"""Of a month; a run's secrets are there for one of them at most."""
_MB_IN_GB = 1024


def ask_first(plan: Plan, place: Place, prices: Prices, *, agreed: bool, trail: bool) -> None:
    """Say what is going to be made and ask whether to go on.

    Args:
        plan: What is measured.
        place: Where.
        prices: For the estimate.
        agreed: Whether it was agreed to on the command line.
        trail: Whether CloudTrail is going to be asked.

    Raises:
        SmslError: Nobody can be asked, or the answer is no.
    """
    functions = len(plan.strategies) * len(plan.runtimes)
    made = [counted(functions, "function"), counted(len(plan.strategies), "role")]
    if not plan.own_secrets:
        made.append(counted(plan.secrets, "secret"))
    cost = money(most(plan, prices), prices.currency)
    text = (
        f"In account {place.number}, {place.region}, this makes {', '.join(made)}, tagged smsl:run, and removes them at"
        f" the end. {all_invocations(plan):,} invocations cost at most {cost} (prices of {prices.date},"
        f" {prices.region}), if each took as long as it may."
    )
    if Strategy.ENV in plan.strategies and not plan.own_secrets:
        text += " The secret of the env strategy is one that the run makes; no secret of yours gets into a variable."
    lines = [*wrapped(text, 80), *wrapped(", ".join(actions(plan, trail=trail)), 80, "It needs: ", "  ")]
    print("\n".join(lines), file=sys.stderr)
    if agreed:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise SmslError("Nobody is there to agree to it.", "Give --yes.")
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise SmslError("Nothing was made.")


def actions(plan: Plan, *, trail: bool) -> list[str]:
    """Return the permissions that a run takes."""
    wanted = [*_ALWAYS]
    if Strategy.EXTENSION in plan.strategies:
        wanted += _FOR_LAYER
    wanted += ["secretsmanager:DescribeSecret"] if plan.own_secrets else _FOR_SECRETS
    if plan.rotation and not plan.own_secrets:
        wanted.append("secretsmanager:PutSecretValue")
    if trail:
        wanted.append("cloudtrail:LookupEvents")
    return sorted(wanted)


def all_invocations(plan: Plan) -> int:
    """Return how many invocations a run makes at most."""
    each = most_invocations(plan)
    if plan.rotation:
        each += sum(1 for _ in ages_to_wait(plan.ttl)) + 1
    return each * len(plan.strategies) * len(plan.runtimes)


def most(plan: Plan, prices: Prices) -> float:
    """Return what a run costs at most."""
    invocations = all_invocations(plan)
    compute = prices.gb_seconds[plan.architecture].of(invocations * (TIMEOUT + _INIT) * plan.memory / _MB_IN_GB)
    reads = invocations * plan.secrets * _ATTEMPTS
    calls = prices.secret_calls.of(reads + plan.secrets * _HANDLING)
    if plan.own_secrets:  # those of the run's own are encrypted with the key that costs nothing
        return compute + prices.requests.of(invocations) + calls + prices.kms_calls.of(reads)
    return compute + prices.requests.of(invocations) + calls + prices.secret_months.of(plan.secrets) / _DAYS
