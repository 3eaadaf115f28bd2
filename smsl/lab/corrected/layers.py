"""Lambda and SSM: the layers of AWS's own account, and the public parameter that names the newest."""

from __future__ import annotations

import json
import re
from typing import Any

from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.exchange import ACCOUNT, Reply, Request

_USER_GUIDE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html"
    "#ps-integration-lambda-extensions-add"
)
_OWNER = "015030872274"
"""AWS's account for this layer in eu-west-1."""
_NAME = "AWS-Parameters-and-Secrets-Lambda-Extension"

EXTENSION_LAYERS = {
    "x86_64": f"arn:aws:lambda:eu-west-1:{_OWNER}:layer:{_NAME}:101",
    "arm64": f"arn:aws:lambda:eu-west-1:{_OWNER}:layer:{_NAME}-Arm64:101",
}
"""Newest extension layer of eu-west-1 by architecture, as documented on 2026-07-28. Source: the user guide."""

_PARAMETERS = {
    f"/aws/service/aws-parameters-and-secrets-lambda-extension/{short}/latest": EXTENSION_LAYERS[architecture]
    for short, architecture in (("x86", "x86_64"), ("arm64", "arm64"))
}
_LAYER = re.compile(r"arn:aws[a-z-]*:lambda:(?P<region>[^:]+):(?P<owner>\d{12}):layer:[^:]+:\d+")
_CODE_SIZE = 8_000_000
"""Bytes; no page tells the real size, and nothing rests on it."""


def _foreign(arn: object) -> bool:
    found = _LAYER.fullmatch(str(arn))
    return found is not None and found["owner"] != ACCOUNT


def _without_foreign(request: Request, _emulator: Emulator) -> Request | None:
    layers = request.body().get("Layers") or []
    if not any(map(_foreign, layers)):
        return None
    return request.with_body({**request.body(), "Layers": [arn for arn in layers if not _foreign(arn)]})


def _with_foreign(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    wanted = request.parameters.get("Layers") or []  # with_body leaves what the caller asked for here
    if not any(map(_foreign, wanted)):
        return reply
    configuration = reply.json()
    own = {layer["Arn"]: layer for layer in configuration.get("Layers") or []}
    layers = [own.get(arn, {"Arn": arn, "CodeSize": _CODE_SIZE}) for arn in wanted]
    function = emulator.backend("lambda", request.region).get_function(configuration["FunctionName"])
    function.layers = layers
    return reply.with_json({**configuration, "Layers": layers})


def _layer_version(request: Request, _emulator: Emulator) -> Reply | None:
    arn = str(request.parameters.get("Arn", ""))
    name, _, version = arn.rpartition(":")
    for architecture, newest in EXTENSION_LAYERS.items():
        stem, _, last = newest.rpartition(":")
        if name == stem and version.isdigit() and 0 < int(version) <= int(last):
            return _json(
                {
                    "LayerArn": name,
                    "LayerVersionArn": arn,
                    "Version": int(version),
                    "CompatibleArchitectures": [architecture],
                    "Content": {"CodeSize": _CODE_SIZE},
                }
            )
    return None


def _parameter(request: Request, _emulator: Emulator) -> Reply | None:
    row = _public(request, str(request.parameters.get("Name", "")))
    return _json({"Parameter": row}) if row else None


def _parameters(request: Request, reply: Reply, _emulator: Emulator) -> Reply:
    answered = reply.json()
    found = [row for name in answered.get("InvalidParameters", []) if (row := _public(request, name))]
    names = {row["Name"] for row in found}
    absent = [name for name in answered.get("InvalidParameters", []) if name not in names]
    return reply.with_json({"Parameters": [*answered["Parameters"], *found], "InvalidParameters": absent})


def _public(request: Request, name: str) -> dict[str, Any] | None:
    arn = _PARAMETERS.get(name)
    if arn is None or f":{request.region}:" not in arn:
        return None
    return {
        "Name": name,
        "Type": "String",
        "Value": arn,
        "Version": int(arn.rpartition(":")[2]),
        "LastModifiedDate": 1785196800.0,  # 2026-07-28, the date of the documented versions
        "ARN": f"arn:aws:ssm:{request.region}::parameter{name}",
        "DataType": "text",
    }


def _json(members: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(members).encode(), {"content-type": "application/x-amz-json-1.1"})


ROWS: tuple[Correction, ...] = (
    Correction(
        "layers-of-other-accounts",
        "lambda",
        ("CreateFunction", "UpdateFunctionConfiguration"),
        "moto knows only its own account's layers, and answers every layer under that account.",
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html#lambda-CreateFunction-request-Layers",
        before=_without_foreign,
        after=_with_foreign,
    ),
    Correction(
        "extension-layer-version",
        "lambda",
        ("GetLayerVersionByArn",),
        "moto does not implement the operation, and does not have AWS's layer.",
        "https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionByArn.html",
        before=_layer_version,
    ),
    Correction(
        "extension-layer-parameter",
        "ssm",
        ("GetParameter",),
        "moto does not have the public parameter of the newest extension layer, and refuses to store it.",
        _USER_GUIDE,
        before=_parameter,
    ),
    Correction(
        "extension-layer-parameters",
        "ssm",
        ("GetParameters",),
        "The same, for several parameters at once.",
        _USER_GUIDE,
        after=_parameters,
    ),
)
