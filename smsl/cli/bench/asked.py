"""What is asked for on the command line of ``smsl bench``, and the plan, traffic and prices that it means."""

from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass
from difflib import get_close_matches
from math import inf
from pathlib import Path

from smsl.bench.cost import Traffic
from smsl.bench.names import Strategy
from smsl.bench.plan import Placement, Plan, Target
from smsl.bench.prices import Prices, parse_prices, shipped_prices
from smsl.lab.account import check_extension
from smsl.lab.functions.fleet import LIMIT
from smsl.lab.latency import SECRETS_MANAGER, Latency
from smsl.lab.latency import parse as parse_latency
from smsl.model.errors import InputError, SmslError

_LONGEST = 2000.0
"""Milliseconds of a call to Secrets Manager, for nearly all: few of a distribution are half as long again."""
_UNITS = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9}


@dataclass(frozen=True, slots=True)
class Asked:
    """The options, as typed."""

    strategies: tuple[str, ...]
    runtimes: tuple[str, ...]
    cold: int
    warm: int
    warmup: int
    at_once: int
    secrets: int
    secret: tuple[str, ...]
    ttl: int
    fetch_in: str
    memory: int
    architecture: str
    rotation: bool | None
    seed: int | None
    aws: bool
    service_latency: str | None
    throttled: str | None
    failing: str | None
    extension_binary: Path | None
    invocations: str
    concurrency: int
    prices: Path | None
    require: tuple[str, ...]
    output: str
    save_as: Path | None
    notes: bool
    yes: bool
    cloudtrail: bool
    region: str | None
    profile: str | None
    role_arn: str | None
    endpoint_url: str | None


def plan_of(asked: Asked) -> Plan:
    """Return the plan; its runtimes are still as typed.

    Raises:
        SmslError: Options make no sense, alone or together.
    """
    _refuse(asked)
    plan = Plan(
        target=Target.AWS if asked.aws else Target.LAB,
        strategies=_strategies(asked),
        runtimes=_listed(asked.runtimes) or ("python",),
        cold=asked.cold,
        warm=asked.warm,
        warmup=asked.warmup,
        at_once=asked.at_once,
        secrets=len(asked.secret) or asked.secrets,
        ttl=asked.ttl,
        placement=Placement(asked.fetch_in),
        memory=asked.memory,
        architecture=asked.architecture,
        seed=asked.seed if asked.seed is not None else random.SystemRandom().randrange(10_000),
        # In the lab a clock is stepped; on AWS it would take longer than all the rest.
        rotation=not asked.aws if asked.rotation is None else asked.rotation,
        latency=None if asked.aws else _latency(asked.service_latency),
        throttled=_share(asked.throttled, "--throttled"),
        failing=_share(asked.failing, "--failing"),
        own_secrets=asked.secret,
    )
    functions = len(plan.strategies) * len(plan.runtimes)
    if not asked.aws and plan.at_once > max(1, LIMIT // functions):  # some would be ended for others, and miss samples
        raise SmslError(
            f"--at-once {plan.at_once} of {functions} functions is more environments than the {LIMIT} of the lab.",
            f"Give {max(1, LIMIT // functions)} at most, or fewer strategies.",
        )
    return plan


def traffic_of(asked: Asked, plan: Plan, keyed: int) -> Traffic:
    """Return the month that the cost is of.

    Args:
        asked: The options.
        plan: What is run.
        keyed: How many of its secrets have a customer's key.

    Raises:
        SmslError: There is no such month.
    """
    if asked.concurrency < 0:
        raise SmslError("--concurrency must not be negative.")
    invocations = _count(asked.invocations)
    return Traffic(
        invocations=invocations,
        environments=asked.concurrency,
        secrets=plan.secrets,
        memory_mb=plan.memory,
        architecture=plan.architecture,
        ttl=plan.ttl,
        cold_starts=0 if asked.concurrency else invocations,  # with no environment warm each one starts its own
        keyed_secrets=keyed,
    )


def prices_of(asked: Asked) -> Prices:
    """Return the prices that ship, or those of the file."""
    if asked.prices is None:
        return shipped_prices()
    try:
        return parse_prices(asked.prices.read_text(encoding="utf-8"), asked.prices.name)
    except OSError as error:
        raise InputError(f"The prices cannot be read ({type(error).__name__}).", "Check --prices.") from None
    except UnicodeDecodeError:
        raise InputError("The prices are not text in UTF-8.", "Check --prices.") from None


def state_directory() -> Path:
    """Return where results and journals are kept.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "smsl" / "bench"


def journal_directory() -> Path:
    """Return where the journals of runs in accounts are kept."""
    return state_directory() / "journals"


def _refuse(asked: Asked) -> None:
    """Refuse options that belong to the other target: ignored, they would seem to be in force."""
    for_lab = {
        "--service-latency": asked.service_latency, "--throttled": asked.throttled, "--failing": asked.failing,
        "--extension-binary": asked.extension_binary,
    }  # fmt: skip
    for_aws = {
        "--secret": asked.secret, "--yes": asked.yes, "--cloudtrail": asked.cloudtrail, "--region": asked.region,
        "--profile": asked.profile, "--role-arn": asked.role_arn, "--endpoint-url": asked.endpoint_url,
    }  # fmt: skip
    wrong = [name for name, value in (for_lab if asked.aws else for_aws).items() if value]
    if wrong:
        other = "the lab alone" if asked.aws else "--target aws alone"
        raise SmslError(f"{wrong[0]} is for {other}.", "Leave it out, or choose the other --target.")
    check_extension(asked.extension_binary)
    if not all(asked.secret):
        raise SmslError("--secret is empty.", "Give a secret's name or ARN.")
    if len(set(asked.secret)) < len(asked.secret):
        raise SmslError("--secret names one twice.", "Name each secret once.")
    if asked.secret and asked.secrets > 1:
        raise SmslError("--secrets is for secrets that the run makes.", "Leave it out, or leave out --secret.")
    if asked.secret and asked.rotation:
        raise SmslError("A secret of yours is not rotated by the bench.", "Leave out --rotation, or --secret.")


def _strategies(asked: Asked) -> tuple[Strategy, ...]:
    names = [each.value for each in Strategy]
    chosen = _listed(asked.strategies)
    for name in chosen:
        if name not in names:
            near = get_close_matches(name.lower(), names, n=1)
            said = f"Did you mean {near[0]}?" if near else f"The strategies are {', '.join(names)}."
            raise SmslError("--strategy names one that there is not.", said)
    if asked.secret and Strategy.ENV.value in chosen:
        raise SmslError(
            "The env strategy writes a secret into a variable, which the bench does with none of yours.",
            "Leave env out of --strategy, or leave out --secret.",
        )
    offered = [each for each in Strategy if each is not Strategy.ENV or not asked.secret]
    return tuple(each for each in offered if each.value in chosen or not chosen)


def _listed(typed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for text in typed for name in text.split(",") if name.strip()))


def _latency(typed: str | None) -> Latency:
    latency = SECRETS_MANAGER if typed is None else parse_latency(typed)
    if (latency.p99 or latency.median) > _LONGEST:
        raise SmslError(
            "--service-latency reaches beyond 2 s, and the handlers give a call 3 s: with more there is nothing to"
            " compare.",
            "Give a shorter one, or let calls fail with --failing.",
        )
    return latency


def _share(typed: str | None, option: str) -> float:
    if typed is None:
        return 0.0
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", typed.strip())
    if found is None:
        raise SmslError(f"{option} is a share such as 5% or 0.05.")
    return float(found[1]) / (100 if found[2] else 1)


def _count(typed: str) -> float:
    found = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d[\d_]*(?:\.\d+)?)\s*([kKmMgG]?)", typed.strip(), re.ASCII)
    count = float(re.sub("[,_]", "", found[1])) * _UNITS[found[2].lower()] if found else inf
    if not count < inf:
        raise SmslError("--invocations is a number such as 250000, 250k or 10M.")
    return count
