"""The conditions of a template.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from smsl.lab.cloudformation.intrinsics import Resources, resolve
from smsl.lab.cloudformation.kind import Refused


def holds(condition: Any, resources: Resources, named: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds.

    Raises:
        Refused: It is none, or names one that the template does not have.
    """
    match condition:
        case bool():
            return condition
        case {"Condition": str(name)}:
            if name not in named:
                raise Refused(f"Template format error: Unresolved dependencies [{name}]")
            return bool(named[name])
        case {"Fn::Equals": [left, right]}:
            return _text(resolve(left, resources)) == _text(resolve(right, resources))
        case {"Fn::Not": [other]}:
            return not holds(other, resources, named)
        case {"Fn::And": list(others)}:
            return all(holds(each, resources, named) for each in others)
        case {"Fn::Or": list(others)}:
            return any(holds(each, resources, named) for each in others)
        case _:
            raise Refused("Template format error: Conditions can only be boolean operations on parameters")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
