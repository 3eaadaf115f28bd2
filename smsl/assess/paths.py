"""The name that a function's SDK calls, and the path to it."""

from __future__ import annotations

from dataclasses import dataclass

from smsl.model.reach import Flow, Path, Reach, Verdict
from smsl.model.snapshot import Function, Snapshot
from smsl.model.steering import secrets_region
from smsl.model.unknown import Unknown
from smsl.model.variable import Setting

_ENDPOINT_SETTINGS = ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL")
_FIPS_REGIONS = ("us-", "ca-")
"""Source: https://docs.aws.amazon.com/general/latest/gr/asm.html."""
_PROXY_SETTINGS = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@dataclass(frozen=True, slots=True)
class Steered:
    """How a function's settings steer its calls."""

    region: str
    """Where Secrets Manager is called."""
    fips: bool
    elsewhere: Unknown | None
    """Set when the call goes to a custom endpoint or through a proxy, which is not traced."""


def steered(function: Function) -> Steered:
    """Return how the environment steers calls to Secrets Manager.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
    """
    settings = settings_of(function)
    region = client_region(function)
    ignore = settings.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    elsewhere = None
    names = _names(function)
    for name in _ENDPOINT_SETTINGS:
        if name in names and not (ignore and ignore.value is True):
            elsewhere = Unknown(f"{name} sends the call to another endpoint, which is not traced", (name,))
            break
    for name in _PROXY_SETTINGS:
        if elsewhere is None and name in names:  # what NO_PROXY spares is not kept
            elsewhere = Unknown(f"{name} sends the call through a proxy, which is not traced", (name,))
    fips = _on(settings, "AWS_USE_FIPS_ENDPOINT")
    if elsewhere is None and fips and not region.startswith(_FIPS_REGIONS):
        elsewhere = Unknown(f"no FIPS endpoint of Secrets Manager is known in {region}", ("AWS_USE_FIPS_ENDPOINT",))
    if elsewhere is None and function.subnets and _on(settings, "AWS_USE_DUALSTACK_ENDPOINT"):
        name = "AWS_USE_DUALSTACK_ENDPOINT"
        elsewhere = Unknown(f"{name} makes the SDK call another name (api.aws), which is not traced", (name,))
    return Steered(region, fips, elsewhere)


def _names(function: Function) -> frozenset[str]:
    """Return the names of all variables: a proxy's URL that holds a password is a leak and no setting, and steers."""
    return (
        frozenset() if isinstance(function.variables, Unknown) else frozenset(each.name for each in function.variables)
    )


def _on(settings: dict[str, Setting], name: str) -> bool:
    return name in settings and settings[name].value is True


def client_region(function: Function) -> str:
    """Return the region whose Secrets Manager the function's client calls."""
    settings = settings_of(function)
    return secrets_region(((name, each.value) for name, each in settings.items() if each.valid), function.region)


def settings_of(function: Function) -> dict[str, Setting]:
    """Return the function's variables that are settings, by name."""
    if isinstance(function.variables, Unknown):
        return {}
    return {each.name: each.holds for each in function.variables if isinstance(each.holds, Setting)}


def path_to(snapshot: Snapshot, function: Function, way: Steered) -> Reach | None:
    """Return the path of a VPC function to Secrets Manager; None outside a VPC, where Lambda's own network serves.

    Where the call goes elsewhere the path is not known, whatever the one to Secrets Manager would be: a proxy or an
    endpoint's own name may be what a VPC without any other path has.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/asm_access.html#endpoints
    """
    if way.elsewhere is not None:
        return Reach(Verdict.UNKNOWN, Path.NONE, (), (), {}, name="", missing=(way.elsewhere,))
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
    from smsl.net.path import reach  # most functions have no VPC, and the solver is a fifth of what an audit loads

    return reach(network, flow)
