"""Dynamic references to SSM parameters: what they come to is settled at deployment, and the same wherever it stands.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
"""

from __future__ import annotations

import re

from smsl.model.standin import unsettled
from smsl.sources.cfn.spoken import spoken

_PARAMETER = re.compile(r"\{\{resolve:ssm:([^{}]+)\}\}")
_ANY = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]*)\}\}")


def resolved(text: str) -> str:
    """Return a text with what stands for each dynamic reference in it, of whatever kind."""
    if "{{resolve:" not in text:
        return text
    return _ANY.sub(lambda found: unsettled(f"{_KINDS[found[1]]} {spoken(found[2])}"), text)


def resolved_whole(text: str) -> str:
    """Return what stands for an SSM parameter where a text is nothing but that; else the text as it is."""
    return resolved(text) if _PARAMETER.fullmatch(text) else text


_KINDS = {"ssm": "SSM parameter", "ssm-secure": "SSM parameter", "secretsmanager": "a value in secret"}
