"""The name that a function's SDK calls, and the path to it."""

from __future__ import annotations

from dataclasses import dataclass

from smsl.model.reach import Flow, Reach
from smsl.model.snapshot import Function, Snapshot
from smsl.model.unknown import Unknown
from smsl.model.variable import Setting
from smsl.net.path import reach

_ENDPOINT_SETTINGS = ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL")
_PROXY_SETTINGS = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@dataclass(frozen=True, slots=True)
class Steered:
    """How a function's settings steer its calls."""

    region: str
    """Where Secrets Manager is called."""
    fips: bool
    elsewhere: Unknown | None
    """Set when the call goes to a custom endpoint or through a proxy, which is not traced."""


def steered(function: Function, secret_region: str) -> Steered:
    """Return how the environment steers calls to Secrets Manager.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
    """
    settings = settings_of(function)
    regions = {str(setting.value) for name, setting in settings.items() if name.endswith("_REGION") and setting.valid}
    region = secret_region if secret_region == function.region or secret_region in regions else function.region
    ignore = settings.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    elsewhere = None
    for name in _ENDPOINT_SETTINGS:
        if name in settings and not (ignore and ignore.value is True):
            elsewhere = Unknown(f"{name} sends the call to another endpoint, which is not traced", (name,))
            break
    for name in _PROXY_SETTINGS:
        if elsewhere is None and name in settings:  # what NO_PROXY spares is not kept
            elsewhere = Unknown(f"{name} sends the call through a proxy, which is not traced", (name,))
    fips = settings.get("AWS_USE_FIPS_ENDPOINT")
    return Steered(region, bool(fips and fips.value is True), elsewhere)


def settings_of(function: Function) -> dict[str, Setting]:
    """Return the function's variables that are settings, by name."""
    if isinstance(function.variables, Unknown):
        return {}
    return {each.name: each.holds for each in function.variables if isinstance(each.holds, Setting)}


def path_to(snapshot: Snapshot, function: Function, way: Steered) -> Reach | None:
    """Return the path of a VPC function to Secrets Manager; None outside a VPC, where Lambda's own network serves.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/asm_access.html#endpoints
    """
    network = snapshot.networks.get(function.region)
    if not function.subnets or network is None:
        return None
    service = "secretsmanager-fips" if way.fips else "secretsmanager"
    suffix = "amazonaws.com.cn" if function.arn.startswith("arn:aws-cn:") else "amazonaws.com"
    flow = Flow(
        subnets=function.subnets,
        security_groups=function.security_groups,
        ipv6_allowed=function.ipv6_allowed,
        name=f"{service}.{way.region}.{suffix}",
        region=function.region,
        target_region=way.region,
        service=service,
        account_id=function.account,
    )
    return reach(network, flow)
