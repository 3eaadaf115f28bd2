"""Where a run takes place: the embedded lab, or an account."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smsl.bench.account import Account
from smsl.bench.plan import Plan, family
from smsl.lab.account import REGION, Lab, embedded
from smsl.lab.functions.runtimes import INSTALL_NODE_SDK, has_node_sdk, node_version
from smsl.lab.stage import bare_session
from smsl.model.errors import SmslError
from smsl.sources.aws.connection import Clients, Connection, connect, quiet_botocore, region_of
from smsl.sources.tables import extension_layers

ON_AWS = {"python": "python3.13", "nodejs": "nodejs22.x"}
"""Lambda's names for the runtimes where no version is asked for.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""


@dataclass(frozen=True, slots=True)
class Place:
    """An account to run in."""

    account: Account
    number: str
    region: str
    endpoint: str | None
    """None for AWS's own."""
    layers: Mapping[str, str]
    """The extension's layer by architecture, for where the newest cannot be read."""
    lab: Lab | None
    """None for an account of its own."""


@contextmanager
def in_lab(plan: Plan, extension: Path | None) -> Iterator[Place]:
    """Run the embedded lab for the length of a with block, as the plan wants it.

    Args:
        plan: Its latency, faults and seed.
        extension: AWS's own extension binary; None for the emulated one.

    Raises:
        SmslError: The lab cannot be started.
    """
    with embedded(sample=False, extension=extension) as lab:
        if plan.latency is not None:
            lab.set_latency(plan.latency.median, plan.latency.p99, "secretsmanager")
        faults = {"throttle": plan.throttled, "fail": plan.failing}
        call = {"service": "secretsmanager", "operation": "GetSecretValue"}
        lab.set_faults(*({"kind": kind, "rate": rate, **call} for kind, rate in faults.items() if rate))
        lab.seed(plan.seed)
        quiet_botocore()
        account = Account(Clients(bare_session(), lab.url), REGION, paced=False)
        yield Place(account, account.number(), REGION, lab.url, _layers(REGION), lab)


def in_account(connection: Connection, region: str | None) -> Place:
    """Return the account that the credentials belong to.

    Raises:
        SmslError: There are none, or no region.
    """
    region = region or region_of(connection)
    if region is None:
        raise SmslError("No region is named.", "Give --region, or set AWS_REGION.")
    account = Account(connect(connection, region), region, paced=True)
    return Place(account, account.number(), region, connection.endpoint_url, _layers(region), None)


def lab_runtimes(runtimes: tuple[str, ...]) -> tuple[str, ...]:
    """Return Lambda's names for what this machine runs.

    Raises:
        SmslError: Node.js or its AWS SDK is not there.
    """
    return tuple(_lab_runtime(each) for each in runtimes)


def aws_runtimes(runtimes: tuple[str, ...]) -> tuple[str, ...]:
    """Return Lambda's names, the default version for a family."""
    return tuple(ON_AWS.get(each, each) for each in runtimes)


def machine() -> str:
    """Return in words what the lab runs on."""
    return f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}"


def _lab_runtime(runtime: str) -> str:
    if family(runtime) == "python":
        return f"python{sys.version_info.major}.{sys.version_info.minor}" if runtime == "python" else runtime
    version = node_version()
    if version is None:
        raise SmslError("Node.js is not on the path of this machine.", "Install it, or leave out --runtime nodejs.")
    if not has_node_sdk():
        raise SmslError(
            "The AWS SDK for JavaScript is not installed, which Lambda's Node.js runtimes bring with them.",
            f"Once: {INSTALL_NODE_SDK}",
        )
    return f"nodejs{version.split('.')[0]}.x" if runtime == "nodejs" else runtime


def _layers(region: str) -> Mapping[str, str]:
    table = extension_layers()
    found = {each: table.latest(region, each) for each in ("x86_64", "arm64")}
    return {architecture: arn for architecture, arn in found.items() if arn is not None}
