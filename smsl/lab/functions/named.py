"""How requests name a function: by name, by a partial or full ARN, each with or without a qualifier."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(
    r"(?:arn:aws[a-zA-Z-]*:lambda:)?(?:(?:(?P<region>[a-z]{2}[a-z-]*-\d):)?(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_.]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)
"""A region stands before an account only: names like `worker-1` look like one.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName)
"""


@dataclass(frozen=True, slots=True)
class Named:
    """What the text says; None where it leaves it open."""

    name: str
    qualifier: str | None = None
    region: str | None = None
    account: str | None = None


def named(text: str) -> Named:
    """Take the name of a function apart; one of another form is nothing but a name."""
    found = _FORM.fullmatch(text)
    if found is None:
        return Named(text)
    return Named(found["name"], found["qualifier"], found["region"], found["account"])
