"""Lambda functions, their aliases and layers.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/lambda_function.html.markdown
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from smsl.model.arn import parse_arn
from smsl.model.origin import Origin
from smsl.model.snapshot import Alias
from smsl.model.standin import is_unsettled, unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.pieces import AliasPiece, FunctionPiece, Piece
from smsl.sources.tfplan.body import Body
from smsl.sources.tfplan.ends import Attribute
from smsl.sources.tfplan.identity import name_of

_TIMEOUT = 3


def function(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_lambda_function``."""
    arn, name = body.required("arn", "arn"), name_of(body, "function_name")
    parsed = parse_arn(arn)
    if parsed is None:  # its ARN follows from its name; one that is none would be no function's
        arn = f"arn:{body.reading.place.partition}:lambda:{body.region}:{body.account}:function:{name}"
    layers = body.texts("layers", "arn")
    timeout = body.number("timeout", _TIMEOUT)
    environment = _environment(body)
    vpc = body.blocks("vpc_config")
    starts = body.blocks("snap_start")
    yield FunctionPiece(
        origin=body.origin,
        arn=arn,
        name=name,
        region=parsed.region if parsed else body.region,
        account=parsed.account if parsed else body.account,
        role=_role(body),
        architecture=_architecture(body),
        package=body.text("package_type") or "Zip",
        runtime=body.text("runtime"),
        timeout=None if isinstance(timeout, Unknown) else timeout,
        layers=(unsettled(body.cause("layers")),) if isinstance(layers, Unknown) else layers,
        environment=environment,
        variables={} if isinstance(environment, Unknown) else _places(body, environment),
        places={name: body.at(member) for name, member in _PLACES.items() if body.given(member)},
        environment_key=body.text("kms_key_arn", "arn"),
        subnets=_members(vpc, "subnet_ids"),
        security_groups=_members(vpc, "security_group_ids"),
        ipv6_allowed=not isinstance(vpc, Unknown)
        and any(each.flag("ipv6_allowed_for_dual_stack", default=False) is True for each in vpc),
        snap_start=not isinstance(starts, Unknown)
        and any((each.text("apply_on") or "None") != "None" for each in starts),
    )


def _role(body: Body) -> str:
    """Return the role's ARN.

    Where it is put together, ``"arn:aws:iam::${...}:role/${aws_iam_role.a.name}"``, a plan shows the name alone.
    """
    text = body.required("role", "arn")
    if isinstance(body.values.get("role"), str) or is_unsettled(text) or text.startswith("arn:"):
        parsed = parse_arn(text)
        return text if parsed is None or parsed.service == "iam" else unsettled(body.cause("role"))
    named = {end.resource for end in body.ends("role") if isinstance(end, Attribute)}
    one = named.pop() if len(named) == 1 else None
    found = body.reading.attribute(one, ("arn",), "arn") if one is not None and one.type == "aws_iam_role" else None
    return found or unsettled(body.cause("role"))


_PLACES = {
    "layers": "layers",
    "role": "role",
    "timeout": "timeout",
    "vpc": "vpc_config",
    "architecture": "architectures",
}


def _architecture(body: Body) -> str:
    found = body.texts("architectures")
    if isinstance(found, Unknown) and body.given("architectures"):
        return unsettled(body.cause("architectures"))
    return "x86_64" if isinstance(found, Unknown) or not found else found[0]


def _environment(body: Body) -> Maybe[Mapping[str, str | Unknown]]:
    blocks = body.blocks("environment")
    if isinstance(blocks, Unknown):
        return blocks
    found: dict[str, str | Unknown] = {}
    for each in blocks:
        variables = each.texts_by_name("variables")
        if isinstance(variables, Unknown):
            return variables
        found.update(variables)
    return found


def _places(body: Body, environment: Mapping[str, object]) -> dict[str, Origin]:
    return {name: body.at(f"environment.variables.{name}") for name in environment}


def _members(blocks: Maybe[tuple[Body, ...]], name: str) -> Maybe[tuple[str, ...]]:
    if isinstance(blocks, Unknown):
        return blocks
    for each in blocks:
        return each.texts(name)
    return ()


def alias(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_lambda_alias``."""
    routing = body.blocks("routing_config")
    also: list[str] = []
    for each in () if isinstance(routing, Unknown) else routing:
        weights = each.texts_by_name("additional_version_weights")
        also += () if isinstance(weights, Unknown) else weights
    version = body.required("function_version")
    yield AliasPiece(
        body.origin, body.required("function_name", "arn"), Alias(body.required("name", "name"), version, tuple(also))
    )
