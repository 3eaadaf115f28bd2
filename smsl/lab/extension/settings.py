"""What the function's environment tells the extension: the documented settings, each within its range.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
"""

from __future__ import annotations

from smsl.lab.extension.log import LEVELS

_PREFIX = "PARAMETERS_SECRETS_EXTENSION_"
_LEVEL = f"{_PREFIX}LOG_LEVEL"
_ENABLED = f"{_PREFIX}CACHE_ENABLED"
_SIZE = f"{_PREFIX}CACHE_SIZE"
_PORT = f"{_PREFIX}HTTP_PORT"
_CONNECTIONS = f"{_PREFIX}MAX_CONNECTIONS"
_SECRETS_TTL = "SECRETS_MANAGER_TTL"
_PARAMETERS_TTL = "SSM_PARAMETER_STORE_TTL"
_SECRETS_TIMEOUT = "SECRETS_MANAGER_TIMEOUT_MILLIS"
_PARAMETERS_TIMEOUT = "SSM_PARAMETER_STORE_TIMEOUT_MILLIS"

_UNBOUNDED = 2**63 - 1
"""What the extension's language holds in a whole number."""
_RANGES = {
    _SIZE: (0, 1000, 1000),
    _SECRETS_TTL: (0, 300, 300),
    _PARAMETERS_TTL: (0, 300, 300),
    _SECRETS_TIMEOUT: (0, _UNBOUNDED, 0),
    _PARAMETERS_TIMEOUT: (0, _UNBOUNDED, 0),
    _PORT: (1, 65535, 2773),
    _CONNECTIONS: (1, _UNBOUNDED, 3),
}
"""Setting to smallest and largest number and default, in the order in which the extension reports on them."""
_ABSENT = {
    _SIZE: "Using default cache size: 1000 objects.",
    _SECRETS_TTL: "Setting default time-to-live: 5m0s.",
    _PARAMETERS_TTL: "Setting default time-to-live: 5m0s.",
    _SECRETS_TIMEOUT: "Setting default timeout: 0s.",
    _PARAMETERS_TIMEOUT: "Setting default timeout: 0s.",
}
"""Setting to what its absence is reported as, at DEBUG."""
_ABOVE = {
    _SECRETS_TTL: "exceeds max limit. Setting Secrets Manger TTL to 5m0s.",  # the extension's own spelling
    _PARAMETERS_TTL: "exceeds max limit. Setting SSM Parameter Store TTL to 5m0s.",
}
"""Setting to what a number above its range is reported as, at WARN; those left out are merely not valid."""


class Settings:
    """The settings in force."""

    __slots__ = (
        "cache_size",
        "connections",
        "level",
        "parameters_timeout",
        "parameters_ttl",
        "port",
        "secrets_timeout",
        "secrets_ttl",
    )

    def __init__(self, level: str, cached: bool, numbers: dict[str, int]) -> None:
        self.level = level
        self.port = numbers[_PORT]
        self.connections = numbers[_CONNECTIONS]
        """For each of the two services."""
        self.cache_size = numbers[_SIZE] if cached else 0
        """Items; 0 keeps nothing."""
        self.secrets_ttl = numbers[_SECRETS_TTL]
        """Seconds; 0 keeps nothing."""
        self.parameters_ttl = numbers[_PARAMETERS_TTL]
        """Seconds; 0 keeps nothing."""
        self.secrets_timeout = numbers[_SECRETS_TIMEOUT]
        """Milliseconds; 0 waits for ever."""
        self.parameters_timeout = numbers[_PARAMETERS_TIMEOUT]
        """Milliseconds; 0 waits for ever."""


def read_settings(environment: dict[str, str]) -> tuple[Settings, str, list[tuple[str, str]]]:
    """Return the settings, the first line of the log, and the lines that follow it as level and text.

    What cannot be read counts as absent, and a WARN says so.
    """
    level, first = _level(environment.get(_LEVEL, ""))
    lines: list[tuple[str, str]] = []
    cached = _switch(environment.get(_ENABLED, ""), lines)
    numbers = {name: _number(name, environment.get(name, ""), lines) for name in _RANGES}
    return Settings(level, cached, numbers), first, lines


def _level(text: str) -> tuple[str, str]:
    if not text:
        return "INFO", f"{_LEVEL} is not present. Log level set to info."
    if text.upper() not in LEVELS:
        return "INFO", f"{_LEVEL} is not valid. Log level set to info."
    return text.upper(), f"{_LEVEL} is {text.lower()}. Log level set to {text.lower()}."


def _switch(text: str, lines: list[tuple[str, str]]) -> bool:
    if text.upper() in {"TRUE", "FALSE"}:
        return text.upper() == "TRUE"
    if text:
        lines.append(("WARN", f"{_ENABLED} is not valid. Cache is enabled by default."))
    else:
        lines.append(("DEBUG", f"{_ENABLED} is not present. Cache is enabled by default."))
    return True


def _number(name: str, text: str, lines: list[tuple[str, str]]) -> int:
    lowest, highest, default = _RANGES[name]
    if not text:
        if name in _ABSENT:
            lines.append(("DEBUG", f"{name} is not present. {_ABSENT[name]}"))
        return default
    digits = text[1:] if text[0] in "+-" else text
    # Nineteen digits hold every number there is; Python would refuse to read one of five thousand.
    readable = digits.isascii() and digits.isdigit() and len(digits.lstrip("0")) <= len(str(_UNBOUNDED))
    number = int(text) if readable else lowest - 1
    if lowest <= number <= highest:
        return number
    if number > highest and name in _ABOVE:
        lines.append(("WARN", f"{name} {_ABOVE[name]}"))
        return highest
    lines.append(("WARN", f"{name} is not valid. Using the default: {default}."))
    return default
