"""Lambda: published versions stay as they are, and as long as an alias names them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.errors import failure
from smsl.lab.exchange import Reply, Request
from smsl.lab.functions.named import named

_API = "https://docs.aws.amazon.com/lambda/latest/api/"
_LATEST = "$LATEST"


def _locked(request: Request, _emulator: Emulator) -> Reply | None:
    """Refuse to change a version, by number or alias.

    AWS documents that it cannot be changed, and not how it says so: status, code and text are assumed to be those of
    PutFunctionConcurrency, which takes no qualifier either.
    """
    _, qualifier = _asked(request)
    if qualifier in {None, _LATEST}:
        return None
    text = (
        "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
        "Please specify either a function name or an unqualified function ARN."
    )
    return failure(request, 400, "InvalidParameterValueException", text)


def _deletable(request: Request, emulator: Emulator) -> Reply | None:
    """Refuse to delete what is no version of its own, or one that an alias names."""
    name, qualifier = _asked(request)
    if qualifier is None:
        return None
    if qualifier == _LATEST:
        text = "$LATEST version cannot be deleted without deleting the function."
        return failure(request, 400, "InvalidParameterValueException", text)
    if not qualifier.isdigit():
        return failure(
            request, 400, "InvalidParameterValueException", "Deletion of aliases is not currently supported."
        )
    naming = _naming(emulator.backend("lambda", request.region), name, qualifier)
    if not naming:
        return None
    text = f"Unable to delete version because the following aliases reference it: [{', '.join(naming)}]"
    return failure(request, 409, "ResourceConflictException", text)


def _asked(request: Request) -> tuple[str, str | None]:
    """Return the function's name and the qualifier, wherever it stands."""
    function = named(unquote(str(request.parameters.get("FunctionName", ""))))
    qualifier = request.parameters.get("Qualifier") or function.qualifier
    return function.name, None if qualifier is None else str(qualifier)


def _naming(backend: Any, name: str, version: str) -> list[str]:
    """Return the aliases that name a version, also those that send it only a part of the traffic."""
    from moto.awslambda.exceptions import UnknownFunctionException

    try:
        aliases = list(backend.list_aliases(name))
    except UnknownFunctionException:
        return []  # moto says itself that there is none
    return sorted(str(alias.name) for alias in aliases if version in _versions(alias))


def _versions(alias: Any) -> set[str]:
    weights = (alias.routing_config or {}).get("AdditionalVersionWeights") or {}
    return {str(alias.function_version), *map(str, weights)}


ROWS: tuple[Correction, ...] = (
    Correction(
        "version-locked",
        "lambda",
        ("UpdateFunctionCode", "UpdateFunctionConfiguration"),
        "moto changes the version that the name or ARN is qualified with.",
        f"{_API}API_UpdateFunctionConfiguration.html",
        before=_locked,
    ),
    Correction(
        "version-deletable",
        "lambda",
        ("DeleteFunction",),
        "moto deletes $LATEST alone, which leaves a function that breaks it, and versions that aliases name.",
        f"{_API}API_DeleteFunction.html",
        before=_deletable,
    ),
)
