"""Properties as the API's parameters: CloudFormation takes "10" for 10, and 10 for "10"; the API does not.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

import base64
import json
from typing import Any

from smsl.lab.cloudformation.kind import Refused

_WORDS = {"true": True, "false": False}


def fitted(value: Any, shape: Any, path: str = "#") -> Any:
    """Return a value in the type that a shape of botocore's has.

    The refusals name places and never repeat a value.

    Raises:
        Refused: A member is not known to the API, is missing, or cannot have the type.
    """
    match shape.type_name:
        case "structure":
            return _structure(value, shape, path)
        case "list":
            if not isinstance(value, list | tuple):
                raise Refused(f"{path}: expected type: JSONArray")
            return [fitted(each, shape.member, f"{path}/{number}") for number, each in enumerate(value)]
        case "map":
            if not isinstance(value, dict):
                raise Refused(f"{path}: expected type: JSONObject")
            return {str(key): fitted(each, shape.value, f"{path}/{key}") for key, each in value.items()}
        case "boolean":
            if isinstance(value, bool):
                return value
            if str(value).lower() in _WORDS:
                return _WORDS[str(value).lower()]
            raise Refused(f"{path}: expected type: Boolean")
        case "integer" | "long":
            return _number(value, int, path)
        case "float" | "double":
            return _number(value, float, path)
        case "blob":
            return value if isinstance(value, bytes) else base64.b64decode(str(value))
        case "string":
            return _string(value, path)
        case _:
            return value


def _structure(value: Any, shape: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused(f"{path}: expected type: JSONObject")
    unknown = sorted(set(value) - set(shape.members))
    if unknown:
        raise Refused(f"{path}: extraneous key [{unknown[0]}] is not permitted")
    tokens = {name for name, member in shape.members.items() if member.metadata.get("idempotencyToken")}
    missing = sorted(set(shape.required_members) - set(value) - tokens)
    if missing:
        raise Refused(f"{path}: required key [{missing[0]}] not found")
    return {name: fitted(each, shape.members[name], f"{path}/{name}") for name, each in value.items()}


def _number(value: Any, kind: type[int | float], path: str) -> float:
    try:
        if not isinstance(value, bool):
            return kind(value)
    except (TypeError, ValueError):
        pass
    raise Refused(f"{path}: expected type: {'Integer' if kind is int else 'Number'}")


def _string(value: Any, path: str) -> str:
    if isinstance(value, list | dict):
        raise Refused(f"{path}: expected type: String")
    return json.dumps(value) if isinstance(value, bool) else str(value)
