"""Make a Snapshot of facts: the rooms beside know the shapes of AWS's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smsl.model.arn import Arn, parse_arn
from smsl.model.snapshot import Alias, Function, Readiness, Snapshot, Source
from smsl.model.unknown import Maybe, Unknown
from smsl.model.variable import EnvironmentVariable
from smsl.sources.aws.capture import Capture
from smsl.sources.aws.convert_failures import failures
from smsl.sources.aws.convert_iam import roles_of
from smsl.sources.aws.convert_network import networks
from smsl.sources.aws.convert_organization import latest_layers, organization_of
from smsl.sources.aws.convert_policy import unread
from smsl.sources.aws.convert_principals import principals_of
from smsl.sources.aws.convert_secrets import keys_of, secrets_of
from smsl.sources.aws.facts import Call, Facts, Failure, answered
from smsl.sources.aws.holds import load_variable
from smsl.sources.aws.needs import aliases, configuration, for_readers_alone, list_functions, targets
from smsl.sources.aws.request import Request, Target


def convert(capture: Capture, kind: str = "live") -> Snapshot:
    """Return the snapshot that the facts make.

    Args:
        capture: Facts as they were read, or loaded.
        kind: ``live``, ``capture`` or ``lab``, for the report.
    """
    request, facts = capture.request, capture.facts
    functions = tuple(
        function
        for region, target in targets(request, facts)
        if (function := _function(request, facts, region, target)) is not None
    )
    roles = roles_of(request, facts, {function.role for function in functions})
    gaps, assumptions = failures(facts, for_readers_alone(request, facts))
    accounts = {function.account for function in functions}
    return Snapshot(
        source=Source(
            kind, next(iter(sorted(accounts)), None), ", ".join(request.regions), len(facts), round(capture.seconds, 2)
        ),
        taken_at=capture.taken_at,
        functions=functions,
        roles=roles,
        secrets=secrets_of(facts, accounts),
        keys=keys_of(facts),
        networks=networks(facts),
        organizations={account: organization_of(request, facts, account) for account in accounts},
        extra_secrets=request.secrets,
        latest_layers=latest_layers(facts),
        principals=principals_of(request, facts),
        gaps=gaps,
        assumptions=assumptions,
    )


def _function(request: Request, facts: Facts, region: str, target: Target) -> Function | None:
    asked = configuration(region, target)
    row = answered(facts, asked)
    arn = parse_arn(str(row.get("FunctionArn", "")))
    if arn is None:
        return _listed_function(request, facts, region, target)
    vpc = row.get("VpcConfig") or {}
    listing = aliases(region, target)
    return Function(
        arn=f"arn:{arn.partition}:lambda:{arn.region}:{arn.account}:function:{target.name}",
        name=target.name,
        region=arn.region,
        account=arn.account,
        asked=target.qualifier,
        version=str(row.get("Version", "$LATEST")),
        role=str(row.get("Role", "")),
        architecture=str((row.get("Architectures") or ["x86_64"])[0]),
        package=str(row.get("PackageType", "Zip")),
        runtime=row.get("Runtime"),
        timeout=row.get("Timeout"),
        readiness=_readiness(row, facts, asked),
        layers=tuple(str(layer.get("Arn")) for layer in row.get("Layers") or []),
        variables=_variables(row.get("Environment") or {}),
        environment_key=row.get("KMSKeyArn"),
        subnets=tuple(str(each) for each in vpc.get("SubnetIds") or []),
        security_groups=tuple(str(each) for each in vpc.get("SecurityGroupIds") or []),
        ipv6_allowed=bool(vpc.get("Ipv6AllowedForDualStack")),
        snap_start=(row.get("SnapStart") or {}).get("ApplyOn", "None") != "None",
        aliases=_aliases(facts, listing, bulk=request.everything),
    )


def _listed_function(request: Request, facts: Facts, region: str, target: Target) -> Function | None:
    """Return what is known of a version whose configuration was not read: that it exists, and nothing else."""
    arn = _arn_of(request, facts, region, target)
    if arn is None:
        return None
    missing = unread(facts, configuration(region, target), f"the configuration of {target.name}")
    return Function(
        arn=f"arn:{arn.partition}:lambda:{arn.region}:{arn.account}:function:{target.name}",
        name=target.name, region=arn.region, account=arn.account, asked=target.qualifier,
        version=target.qualifier or "$LATEST", role="", architecture="x86_64", package="Zip", runtime=None,
        timeout=None, readiness=missing, layers=(), variables=missing, environment_key=None, subnets=(),
        security_groups=(), ipv6_allowed=False, snap_start=False, aliases=missing,
    )  # fmt: skip


def _arn_of(request: Request, facts: Facts, region: str, target: Target) -> Arn | None:
    """Return the ARN of a function from the list, or from another version of it that was read."""
    for row in answered(facts, list_functions(region)).get("Functions", []) if request.everything else ():
        if row.get("FunctionName") == target.name:
            return parse_arn(str(row.get("FunctionArn", "")))
    for other in request.functions:
        row = answered(facts, configuration(region, other))
        if other.name == target.name and row:
            return parse_arn(str(row.get("FunctionArn", "")))
    return None


def _readiness(row: Mapping[str, Any], facts: Facts, asked: Call) -> Maybe[Readiness]:
    if "State" not in row:
        return unread(facts, asked, "the function's state")
    return Readiness(
        str(row["State"]), row.get("StateReasonCode"), str(row.get("LastUpdateStatus", "Successful")),
        row.get("LastUpdateStatusReasonCode"),
    )  # fmt: skip


def _variables(environment: Mapping[str, Any]) -> Maybe[tuple[EnvironmentVariable, ...]]:
    if "Error" in environment:
        return Unknown(
            f"Lambda could not decrypt the environment ({environment['Error']})",
            ("kms:Decrypt on the environment's key",),
        )
    return tuple(load_variable(row) for row in environment.get("Holds", []))


def _aliases(facts: Facts, listing: Call, *, bulk: bool) -> Maybe[tuple[Alias, ...]]:
    if listing not in facts and bulk:
        return ()  # a function without a published version: no alias can serve another one
    if isinstance(facts.get(listing), Failure) or listing not in facts:
        return unread(facts, listing, "the aliases")
    return tuple(
        Alias(
            str(row.get("Name")),
            str(row.get("FunctionVersion")),
            tuple((row.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}),
        )
        for row in answered(facts, listing).get("Aliases", [])
    )
