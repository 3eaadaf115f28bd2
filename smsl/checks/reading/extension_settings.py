"""The extension's settings, and which of them a misspelt name means.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

RANGES: Mapping[str, tuple[int, int | None, str]] = {
    "PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED": (0, None, "true"),
    "PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE": (0, 1000, "1000"),
    "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": (1, 65535, "2773"),
    "PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL": (0, None, "INFO"),
    "PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS": (1, None, "3"),
    "SECRETS_MANAGER_TTL": (0, 300, "300"),
    "SECRETS_MANAGER_TIMEOUT_MILLIS": (0, None, "0"),
    "SSM_PARAMETER_STORE_TTL": (0, 300, "300"),
    "SSM_PARAMETER_STORE_TIMEOUT_MILLIS": (0, None, "0"),
}
"""Setting to its smallest and largest number (None: no largest) and its default."""

_PREFIX = "PARAMETERS_SECRETS_EXTENSION_"
_RESEMBLES = re.compile(
    r"(AWS_)?PARAM(ETER)?S?_?(STORE)?_?(AND)?_?(SECRETS?_?MANAGER|SECRETS?)_?(LAMBDA)?_?(EXTENSION|EXT)S?_?(?P<rest>.*)"
)
_SAME = 0.94
"""One letter more or less in a name of twenty."""
_LIKE = 0.75
"""Two or three letters in a name of ten."""


def meant(name: str, *, with_layer: bool) -> str | None:
    """Return the setting that a misspelt name means, empty text when it resembles none; None for a sound name.

    Args:
        name: The variable's name.
        with_layer: The function has the extension's layer. Without it, only a name that speaks of the extension counts.
    """
    if name in RANGES:
        return None
    upper = name.upper().replace("-", "_")
    if upper.startswith("PARAMETERS_AND_SECRETS_") and "EXTENSION" not in upper:
        upper = _PREFIX + upper.removeprefix("PARAMETERS_AND_SECRETS_")
    if upper in RANGES and (with_layer or upper.startswith(_PREFIX)):
        return upper  # written in small letters
    match = _RESEMBLES.fullmatch(upper)
    if match is not None:
        return _nearest(match["rest"])
    if with_layer:
        return next(iter(get_close_matches(upper, RANGES, n=1, cutoff=_SAME)), None)
    return None


def _nearest(rest: str) -> str:
    """Return the setting whose name ends like this; empty text where there is none."""
    if rest.endswith("TTL"):
        return "SECRETS_MANAGER_TTL"
    own = [name.removeprefix(_PREFIX) for name in RANGES if name.startswith(_PREFIX)]
    return next((_PREFIX + each for each in get_close_matches(rest, own, n=1, cutoff=_LIKE)), "")
