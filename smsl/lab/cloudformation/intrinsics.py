"""The functions of a template, resolved against what the stack has made; moto's own misread several of them.

moto's `Fn::GetAZs` has zones that no region has, its `Fn::GetAtt` cuts an attribute at its second dot, it leaves
`Fn::Cidr` and what else it does not know where it stands, and `AWS::NoValue` in a list as a null.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import ipaddress
import itertools
import json
import re
from collections.abc import Callable
from typing import Any

from smsl.lab.cloudformation.kind import Refused

_PLACE = re.compile(r"\$\{(!?)([^{}]*)\}")

Resources = Any
"""moto's map of a stack: parameters, pseudo parameters, mappings and resources by name, made when asked for."""


def resolve(value: Any, resources: Resources) -> Any:
    """Return a value with every function in it resolved; None for `AWS::NoValue`.

    Raises:
        Refused: A function is unknown, or refers to what is not there.
    """
    match value:
        case dict():
            if len(value) == 1:
                ((name, argument),) = value.items()
                if name == "Ref":
                    return _reference(str(argument), resources)
                if name.startswith("Fn::"):
                    return _called(name, argument, resources)
            members = {name: resolve(each, resources) for name, each in value.items()}
            return {name: each for name, each in members.items() if each is not None}
        case list():
            return [each for each in (resolve(each, resources) for each in value) if each is not None]
        case _:
            return value


def _called(name: str, argument: Any, resources: Resources) -> Any:
    function = _FUNCTIONS.get(name)
    if function is None:
        raise Refused(f"Template error: the lab does not resolve {name}")
    try:
        return function(argument, resources)
    except (KeyError, IndexError, TypeError, ValueError):
        raise Refused(f"Template error: {name} cannot be resolved") from None


def _reference(name: str, resources: Resources) -> Any:
    found = _looked_up(name, resources)
    return getattr(found, "physical_resource_id", found)


def _looked_up(name: str, resources: Resources) -> Any:
    if name == "AWS::NoValue":
        return None
    try:
        found = resources[name]
    except KeyError:
        found = None
    if found is None:
        raise Refused(f"Template format error: Unresolved resource dependencies [{name}] in the template")
    return found


def _attribute(argument: Any, resources: Resources) -> Any:
    from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

    name, *rest = argument.split(".", 1) if isinstance(argument, str) else argument
    attribute = ".".join(str(resolve(each, resources)) for each in rest)
    resource = _looked_up(name, resources)
    try:
        return resource.get_cfn_attribute(attribute)
    except (NotImplementedError, UnformattedGetAttTemplateException, AttributeError):
        text = f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
        raise Refused(text) from None


def _sub(argument: Any, resources: Resources) -> str:
    text, given = (argument, {}) if isinstance(argument, str) else argument

    def replaced(found: re.Match[str]) -> str:
        if found[1]:
            return f"${{{found[2]}}}"
        name = found[2].strip()
        if name in given:
            return _text(resolve(given[name], resources))
        return _text(_attribute(name, resources) if "." in name else _reference(name, resources))

    return _PLACE.sub(replaced, text)


def _join(argument: Any, resources: Resources) -> str:
    separator, parts = argument
    return str(separator).join(_text(each) for each in resolve(parts, resources))


def _split(argument: Any, resources: Resources) -> list[str]:
    separator, text = resolve(argument, resources)
    return str(text).split(str(separator))


def _select(argument: Any, resources: Resources) -> Any:
    position, rows = resolve(argument, resources)
    return rows[int(position)]


def _mapped(argument: Any, resources: Resources) -> Any:
    mapping, first, second = (resolve(each, resources) for each in argument)
    return resources[mapping][_text(first)][_text(second)]


def _if(argument: Any, resources: Resources) -> Any:
    condition, then, otherwise = argument
    return resolve(then if resources.lazy_condition_map[condition] else otherwise, resources)


def _imported(argument: Any, resources: Resources) -> Any:
    name = resolve(argument, resources)
    for export in resources.cross_stack_resources.values():
        if export.name == name:
            return export.value
    raise Refused(f"No export named {name} found.")


def _zones(argument: Any, resources: Resources) -> list[str]:
    from moto.ec2.models import ec2_backends

    region = resolve(argument, resources) or resources["AWS::Region"]
    backend = ec2_backends[resources["AWS::AccountId"]][region]
    return [zone.name for zone in backend.describe_availability_zones()]


def _cidr(argument: Any, resources: Resources) -> list[str]:
    block, count, *bits = resolve(argument, resources)
    network = ipaddress.ip_network(block)
    size = int(bits[0]) if bits else network.max_prefixlen - network.prefixlen - 8
    blocks = network.subnets(new_prefix=network.max_prefixlen - size)
    return [str(each) for each in itertools.islice(blocks, int(count))]


def _base64(argument: Any, resources: Resources) -> str:
    return base64.b64encode(str(resolve(argument, resources)).encode()).decode()


def _json(argument: Any, resources: Resources) -> str:
    return json.dumps(resolve(argument, resources), separators=(",", ":"))


def _length(argument: Any, resources: Resources) -> int:
    return len(resolve(argument, resources))


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


_FUNCTIONS: dict[str, Callable[[Any, Resources], Any]] = {
    "Fn::GetAtt": _attribute,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::FindInMap": _mapped,
    "Fn::If": _if,
    "Fn::ImportValue": _imported,
    "Fn::GetAZs": _zones,
    "Fn::Cidr": _cidr,
    "Fn::Base64": _base64,
    "Fn::ToJsonString": _json,
    "Fn::Length": _length,
}
