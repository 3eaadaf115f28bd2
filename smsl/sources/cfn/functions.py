"""Lambda's types: functions, versions and aliases.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Lambda.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from smsl.leaks.references import declares_a_name
from smsl.model.origin import Origin
from smsl.model.snapshot import Alias
from smsl.model.standin import unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.cfn.arns import function_arn, function_name, function_of
from smsl.sources.cfn.dynamic import resolved_whole
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.values import (
    Object,
    Value,
    WrongTypeError,
    as_number,
    as_object,
    as_objects,
    as_text,
    as_texts,
)
from smsl.sources.declared.pieces import AliasPiece, FunctionPiece, Piece

_TIMEOUT = 3
_PLACES = (
    *(("layers", "Layers"), ("role", "Role"), ("timeout", "Timeout"), ("vpc", "VpcConfig")),
    ("architecture", "Architectures"),
)
"""What a finding may point at inside a function, and the property that it is."""


def function(resource: Resource) -> Iterator[Piece]:
    """Yield a function; what of it is not understood is not known or told, so that it is judged all the same."""
    place = resource.stack.place
    environment, variables = _environment(resource)
    vpc = _member(resource, "VpcConfig")
    yield FunctionPiece(
        origin=resource.origin,
        arn=function_arn(resource),
        name=function_name(resource),
        region=place.region,
        account=place.account,
        role=_text(resource, "Role"),
        architecture=_architecture(resource),
        package="Image" if _is_image(resource) else "Zip",
        runtime=None if resource.get("Runtime") is None else _text(resource, "Runtime"),
        timeout=_timeout(resource),
        layers=_layers(resource),
        environment=environment,
        variables=variables,
        places={name: resource.at(member) for name, member in _PLACES if resource.get(member) is not None},
        environment_key=None if resource.get("KmsKeyArn") is None else _text(resource, "KmsKeyArn"),
        subnets=_texts(vpc, "SubnetIds"),
        security_groups=_texts(vpc, "SecurityGroupIds"),
        ipv6_allowed=_holds(vpc, "Ipv6AllowedForDualStack", "true"),
        snap_start=_holds(_member(resource, "SnapStart"), "ApplyOn", "publishedversions"),
    )


def _text(resource: Resource, member: str) -> str:
    try:
        return as_text(resource.get(member), member)
    except WrongTypeError as error:
        resource.note(str(error), f".Properties.{member}")
        return unsettled(f"{resource.address}.{member}")


def _member(resource: Resource, member: str) -> Maybe[Object]:
    try:
        return as_object(resource.get(member), member)
    except WrongTypeError as error:
        return Unknown(str(error))


def _texts(owner: Maybe[Object], member: str) -> Maybe[tuple[str, ...]]:
    if isinstance(owner, Unknown):
        return owner
    try:
        return as_texts(owner.get(member), member)
    except WrongTypeError as error:
        return Unknown(str(error))


def _holds(owner: Maybe[Object], member: str, value: str) -> bool:
    found = None if isinstance(owner, Unknown) else owner.get(member)
    return isinstance(found, str) and found.lower() == value


def _architecture(resource: Resource) -> str:
    try:
        found = as_texts(resource.get("Architectures"), "Architectures")
    except WrongTypeError as error:
        found = Unknown(str(error))
    if isinstance(found, Unknown):
        return unsettled(found.reason if found.needs else f"{resource.address}.Architectures")
    return found[0] if found else "x86_64"


def _is_image(resource: Resource) -> bool:
    code = _member(resource, "Code")
    in_code = not isinstance(code, Unknown) and "ImageUri" in code
    return in_code or resource.get("PackageType") == "Image"


def _timeout(resource: Resource) -> int | None:
    if resource.get("Timeout") is None:
        return _TIMEOUT
    found = as_number(resource.get("Timeout"), "Timeout")
    return None if isinstance(found, Unknown) else found


def _layers(resource: Resource) -> tuple[str, ...]:
    try:
        found = as_texts(resource.get("Layers"), "Layers")
    except WrongTypeError as error:
        found = Unknown(str(error))
    if isinstance(found, Unknown):
        return (unsettled(found.reason if found.needs else f"{resource.address}.Layers"),)
    return found


def _environment(resource: Resource) -> tuple[Maybe[Mapping[str, str | Unknown]], dict[str, Origin]]:
    """Return the variables with their values, and where each stands."""
    try:
        outer = as_object(resource.get("Environment"), "Environment")
        variables = outer if isinstance(outer, Unknown) else as_object(outer.get("Variables"), "Environment.Variables")
    except WrongTypeError as error:
        return Unknown(str(error)), {}
    if isinstance(variables, Unknown):
        return variables, {}
    return (
        {name: _variable(name, value) for name, value in variables.items()},
        {name: resource.at("Environment", variables.lines[name], f".Variables.{name}") for name in variables},
    )


def _variable(name: str, value: Value) -> str | Unknown:
    if isinstance(value, str):
        return resolved_whole(value) if declares_a_name(name) else value
    if isinstance(value, Unknown):
        return value
    return Unknown("the value is not a text")


def alias(resource: Resource) -> Iterator[Piece]:
    """Yield an alias of a function."""
    routing = _member(resource, "RoutingConfig")
    weights = (
        () if isinstance(routing, Unknown) else as_objects(routing.get("AdditionalVersionWeights"), "RoutingConfig")
    )
    versions = [
        as_text(weight.get("FunctionVersion"), "AdditionalVersionWeights.FunctionVersion")
        for weight in (() if isinstance(weights, Unknown) else weights)
    ]
    if isinstance(routing, Unknown) or isinstance(weights, Unknown):
        resource.note("which further versions the alias serves is not known", ".Properties.RoutingConfig")
    yield AliasPiece(
        resource.origin,
        function_of(resource),
        Alias(
            as_text(resource.get("Name"), "Name"),
            as_text(resource.get("FunctionVersion"), "FunctionVersion"),
            tuple(versions),
        ),
    )
