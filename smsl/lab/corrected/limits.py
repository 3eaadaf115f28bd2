"""Lambda: what a function's name, runtime, configuration and package may not be."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.errors import failure
from smsl.lab.exchange import Reply, Request
from smsl.lab.functions.named import named
from smsl.lab.functions.package import LARGEST, unpacked_size
from smsl.lab.functions.variables import RESERVED

_LIMITS = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
_ENVIRONMENT = 4096
"""Bytes of the variables, as compact JSON."""
_NAME = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+")
"""Of a variable. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html"""
_LAYERS = 5
_MEMORY = (128, 10240)
_TIMEOUT = (1, 900)
_FUNCTION = re.compile(r"[a-zA-Z0-9-_]+")
"""Of a function, where its ARN is not given."""
_LONGEST_NAME = 64
_UNABLE = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided "
)


def _fit_configuration(request: Request, _emulator: Emulator) -> Reply | None:
    wrong = next(_faults(request.body()), None)
    return None if wrong is None else failure(request, 400, *wrong)


def _fit_function(request: Request, _emulator: Emulator) -> Reply | None:
    members = request.body()
    wrong = next(_misfits(members, is_new=request.operation == "CreateFunction"), None)
    return None if wrong is None else failure(request, 400, *wrong)


def _misfits(members: Mapping[str, Any], *, is_new: bool) -> Iterator[tuple[str, str]]:
    """Yield error code and text of a name and a runtime that no function can have."""
    runtime = members.get("Runtime")
    if is_new:
        name = named(str(members.get("FunctionName") or ""))
        if not _FUNCTION.fullmatch(name.name) or name.qualifier:
            yield _invalid("functionName", f"Member must satisfy regular expression pattern: {_FUNCTION.pattern}")
        if len(name.name) > _LONGEST_NAME:
            yield _invalid("functionName", f"Member must have length less than or equal to {_LONGEST_NAME}")
        if members.get("PackageType", "Zip") == "Zip" and not (runtime and members.get("Handler")):
            text = "Runtime and Handler are mandatory parameters for functions created with deployment packages."
            yield "InvalidParameterValueException", text
    if runtime and runtime not in _runtimes():
        text = f"Member must satisfy enum value set: [{', '.join(_runtimes())}] or be a valid ARN"
        yield "InvalidParameterValueException", f"Value {runtime} at 'runtime' failed to satisfy constraint: {text}"


def _invalid(member: str, constraint: str) -> tuple[str, str]:
    failed = f"Value at '{member}' failed to satisfy constraint: {constraint}"
    return "ValidationException", f"1 validation error detected: {failed}"


@cache
def _runtimes() -> tuple[str, ...]:
    """Return the runtimes that Lambda's API has a name for, those of the past and of other languages too."""
    import botocore.session

    shape: Any = botocore.session.Session().get_service_model("lambda").shape_for("Runtime")
    return tuple(shape.enum)


def _faults(members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield error code and text of what is beyond a limit."""
    variables = (members.get("Environment") or {}).get("Variables") or {}
    if not all(map(_NAME.fullmatch, variables)):
        text = f"Member must satisfy regular expression pattern: {_NAME.pattern}"
        failed = (
            f"Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [{text}]"
        )
        yield "ValidationException", f"1 validation error detected: {failed}"
    reserved = sorted(RESERVED & set(variables))
    if reserved:
        text = "contains reserved keys that are currently not supported for modification. Reserved keys used in this"
        yield "InvalidParameterValueException", f"{_UNABLE}{text} request: {', '.join(reserved)}"
    size = len(json.dumps(variables, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if variables and size > _ENVIRONMENT:
        # Lambda goes on by repeating all of it; the lab leaves the values where they are.
        yield "InvalidParameterValueException", f"{_UNABLE}exceeded the 4KB limit. Measured size: {size} bytes"
    layers = members.get("Layers") or []
    if len(layers) > _LAYERS:
        yield "InvalidParameterValueException", f"Cannot reference more than {_LAYERS} layers."
    for name, (least, most) in {"MemorySize": _MEMORY, "Timeout": _TIMEOUT}.items():
        value = members.get(name)
        if value is not None and not least <= int(value) <= most:
            bound = f"less than or equal to {most}" if int(value) > most else f"greater than or equal to {least}"
            member = name[0].lower() + name[1:]
            failed = f"Value '{value}' at '{member}' failed to satisfy constraint: Member must have value {bound}"
            yield "ValidationException", f"1 validation error detected: {failed}"


def _fit_package(request: Request, _emulator: Emulator) -> Reply | None:
    body = request.body()
    encoded = body.get("ZipFile") or (body.get("Code") or body.get("Content") or {}).get("ZipFile")
    if not encoded:
        return None
    try:
        size = unpacked_size(base64.b64decode(encoded))
    except (ValueError, zipfile.BadZipFile):
        text = "Could not unzip uploaded file. Please check your file, then try to upload again."
        return failure(request, 400, "InvalidParameterValueException", text)
    if size > LARGEST:
        text = f"Unzipped size must be smaller than {LARGEST} bytes"
        return failure(request, 400, "InvalidParameterValueException", text)
    return None


ROWS: tuple[Correction, ...] = (
    Correction(
        "function-within-limits",
        "lambda",
        ("CreateFunction", "UpdateFunctionConfiguration"),
        "moto takes any name, any runtime, and none, nor a handler, for a package.",
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
        before=_fit_function,
    ),
    Correction(
        "configuration-within-limits",
        "lambda",
        ("CreateFunction", "UpdateFunctionConfiguration"),
        "moto takes variables of any name and size, any number of layers, any memory and timeout.",
        _LIMITS,
        before=_fit_configuration,
    ),
    Correction(
        "package-within-limits",
        "lambda",
        ("CreateFunction", "UpdateFunctionCode", "PublishLayerVersion"),
        "moto takes packages that are no zip, or larger unpacked than Lambda's limit.",
        _LIMITS,
        before=_fit_package,
    ),
)
