"""What the blocks of a step are called, and how one block refers to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from smsl.model.arn import parse_arn
from smsl.model.finding import Step
from smsl.model.secretname import name_of_arn
from smsl.model.standin import SUFFIX
from smsl.render.fix.hcl import Raw, label

_PREFIX = "smsl"
_MADE = {
    "CreateSecurityGroup": "aws_security_group",
    "CreateVpcEndpoint": "aws_vpc_endpoint",
}
"""Key: an operation whose answer later steps use; value: the resource that stands for it."""
_NAMES = ("PolicyName", "GroupName", "Name", "VpcEndpointId", "VpcId", "RouteTableId", "KeyId")

References = Mapping[str, Raw]
"""Key: a shell variable with its sign, ``$GROUP``; value: what stands for it here."""


def references(steps: Sequence[Step]) -> References:
    """Return what later steps refer to."""
    return {
        f"${step.bind}": Raw(f"{_MADE[step.operation]}.{step_label(step)}.id")
        for step in steps
        if step.bind and step.operation in _MADE
    }


def as_is(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps with a secret whose ARN is not drawn yet by its name, which AWS takes in place of the ARN."""
    return tuple(_by_name(step) for step in steps)


def _by_name(step: Step) -> Step:
    given = step.parameters.get("SecretId")
    if not isinstance(given, str) or not given.endswith(SUFFIX):
        return step
    arn = parse_arn(given)
    name = given if arn is None else name_of_arn(arn.resource)
    return replace(step, parameters={**step.parameters, "SecretId": name})


def step_label(step: Step) -> str:
    """Return the name of a step's block: what the step's thing is called, or where it belongs."""
    text = next((str(step.parameters[name]) for name in _NAMES if name in step.parameters), step.operation)
    return new_label(text.removeprefix(f"{_PREFIX}-"))


def new_label(*parts: str) -> str:
    """Return the name of a block for a thing that is new."""
    return label(_PREFIX, *parts)


def referred(value: Any, known: References) -> Any:
    """Return a parameter with references in the place of shell variables."""
    if isinstance(value, str):
        return known.get(value, value)
    return [referred(each, known) for each in value] if isinstance(value, list | tuple) else value
