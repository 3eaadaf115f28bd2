"""What an audit of a live account is asked to look at.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html (FunctionName)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from smsl.model.errors import SmslError

_NAME = re.compile(r"[A-Za-z0-9_-]{1,140}")
_QUALIFIER = re.compile(r"\$LATEST|[A-Za-z0-9_-]{1,128}")
_ACCOUNT = re.compile(r"\d{12}")
_ARN_PARTS = 7


@dataclass(frozen=True, slots=True)
class Target:
    """One function as it was named: name, alias, version, partial or full ARN."""

    name: str
    qualifier: str | None = None
    """Alias or version; None for a bare name."""
    region: str | None = None
    """None when the name does not say."""
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What to read."""

    functions: tuple[Target, ...]
    everything: bool
    """Every function of the regions (``--all``)."""
    regions: tuple[str, ...]
    """At least one."""
    secrets: tuple[str, ...] = ()
    """Names or ARNs that every function is taken to want (``--secret``)."""
    notes: bool = False
    """Whether what only notes rest on is asked for: the newest extension layer, who can read an environment."""


def parse_target(text: str) -> Target:
    """Return the function that `text` names.

    Accepts ``NAME``, ``NAME:QUALIFIER``, ``ACCOUNT:function:NAME[:QUALIFIER]`` and
    ``arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]``.

    Raises:
        SmslError: The text names no function.
    """
    parts = text.split(":")
    region = account = None
    if parts[0] == "arn":
        if len(parts) < _ARN_PARTS or parts[2] != "lambda" or parts[5] != "function":
            raise SmslError(
                "That ARN is not a Lambda function's.",
                "Expected arn:aws:lambda:REGION:ACCOUNT:function:NAME.",
            )
        region, account, parts = parts[3], parts[4], parts[6:]
    elif len(parts) > 2 and parts[1] == "function":
        account, parts = parts[0], parts[2:]
    good = len(parts) in (1, 2) and _NAME.fullmatch(parts[0]) is not None
    if good and len(parts) == 2:
        good = _QUALIFIER.fullmatch(parts[1]) is not None
    if not good or (account is not None and _ACCOUNT.fullmatch(account) is None):
        raise SmslError(
            "That is not the name of a Lambda function.",
            "Use NAME, NAME:alias, NAME:version or the function's ARN.",
        )
    return Target(parts[0], parts[1] if len(parts) == 2 else None, region, account)
