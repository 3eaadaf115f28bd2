"""The closed table of settings whose values are kept: parsed, as a number, a switch, a region or a host."""

from __future__ import annotations

import re
from collections.abc import Callable

from smsl.model.variable import Setting

_NUMBERS = frozenset(
    {
        "PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE",
        "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
        "PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS",
        "SECRETS_MANAGER_TTL",
        "SECRETS_MANAGER_TIMEOUT_MILLIS",
        "SSM_PARAMETER_STORE_TTL",
        "SSM_PARAMETER_STORE_TIMEOUT_MILLIS",
        "SECRET_CACHE_TTL",
        "POWERTOOLS_PARAMETERS_MAX_AGE",
    }
)
_SWITCHES = frozenset(
    {
        "PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    }
)
_REGION = (
    r"[a-z]{2,4}(?:-(?:gov|iso|isob|isoe|isof|[a-z]{2}))?"
    r"-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-[0-9]{1,2}"
)
_HOST = r"[a-z0-9._:-]{1,253}"
_PROTOCOLS = frozenset({"http", "https", "socks4", "socks5", "socks5h"})
_LEVELS = frozenset({"DEBUG", "INFO", "WARN", "ERROR", "NONE"})


def setting(name: str, value: str) -> Setting | None:
    """Return the parsed setting that a variable of this name holds; None when the table does not know the name."""
    for fits, parse in _TABLE:
        if fits(name):
            parsed = parse(value)
            return Setting(parsed, parsed is not None)
    return None


def _number(value: str) -> int | None:
    text = value.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _switch(value: str) -> bool | None:
    return {"true": True, "false": False}.get(value.strip().lower())


def _level(value: str) -> str | None:
    return value.upper() if value.upper() in _LEVELS else None


def _region(value: str) -> str | None:
    """Return a region's name; only its own words are accepted, so that nothing else can be kept by mistake."""
    found = re.fullmatch(_REGION, value.strip())
    return found.group() if found else None


def _host(value: str) -> str | None:
    """Return scheme, host and port of a URL: never who signs in there, nor any path."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    host = parts.hostname or ""
    if "@" in parts.path + parts.query + parts.fragment:  # what stands before it may belong to a password
        return None
    addressed = "://" in value or port or "." in host
    if not addressed or not re.fullmatch(_HOST, host) or parts.scheme not in _PROTOCOLS:
        return None
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _never(_value: str) -> None:
    return None


_TABLE: tuple[tuple[Callable[[str], bool], Callable[[str], int | bool | str | None]], ...] = (
    (lambda name: name in _NUMBERS, _number),
    (lambda name: name in _SWITCHES, _switch),
    (lambda name: name == "PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL", _level),
    (lambda name: name == "AWS_ENDPOINT_URL" or name.startswith("AWS_ENDPOINT_URL_"), _host),
    (lambda name: name.upper() in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), _host),
    (lambda name: name.upper() == "NO_PROXY", lambda _value: True),
    (lambda name: name == "AWS_REGION" or name.endswith("_REGION"), _region),
    (lambda name: name.startswith("PARAMETERS_SECRETS_EXTENSION_"), _never),
)
