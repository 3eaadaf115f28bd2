"""Dynamic references: values that CloudFormation looks up in other services while it deploys.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from smsl.lab.cloudformation.kind import Call, Refused

_REFERENCE = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}")
_SECRET = re.compile(
    r"(?P<id>arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]+)"
    r"(?::SecretString(?::(?P<key>[^:]*)(?::(?P<stage>[^:]*)(?::(?P<version>[^:]*))?)?)?)?"
)


def without_references(value: Any, call: Call) -> Any:
    """Return properties with what their dynamic references stand for.

    Raises:
        Refused: A reference leads nowhere.
    """
    match value:
        case dict():
            return {name: without_references(each, call) for name, each in value.items()}
        case list():
            return [without_references(each, call) for each in value]
        case str():
            return _REFERENCE.sub(lambda found: _looked_up(found[1], found[2], call), value)
        case _:
            return value


def _looked_up(service: str, name: str, call: Call) -> str:
    if service != "secretsmanager":
        answered = call("ssm", "GetParameter", Name=name, WithDecryption=service == "ssm-secure")
        return str(answered["Parameter"]["Value"])
    found = _SECRET.fullmatch(name)
    if found is None:
        raise Refused("Template format error: a dynamic reference has another form")
    more = {"VersionStage": found["stage"], "VersionId": found["version"]}
    answered = call(
        "secretsmanager", "GetSecretValue", SecretId=found["id"], **{key: each for key, each in more.items() if each}
    )
    text = str(answered.get("SecretString", ""))
    if not found["key"]:
        return text
    try:
        return str(json.loads(text)[found["key"]])
    except (ValueError, KeyError, TypeError):
        raise Refused("Could not find a value associated with JSONKey in SecretString") from None
