"""What a variable will hold whose value is settled only when it is deployed, by its name and by what decides it."""

from __future__ import annotations

import re

from smsl.leaks.senses import Sense, read_name
from smsl.model.variable import Confidence, Leak

_NAMES_ONLY = re.compile(r"\.(name|arn|id|path|key_id|alias|url|endpoint|address|host)(\[[^\]]*\])*$")
"""An attribute that names something, whatever the variable is called."""
_SURE = re.compile(r"NoEcho|random_password\.|\.secret_string|aws_ssm_parameter\.[^ ]*\.value\b|\.master_password")
"""What decides a secret and nothing else: a parameter that is not shown, a password that is drawn."""
_ALSO_A_NAME = frozenset({"secret", "secrets", "credentials", "creds"})
"""Words that a variable with a secret's name ends in as well."""


def presumed(name: str, cause: str) -> Leak | None:
    """Return the leak that a variable will be; None where neither its name nor what decides its value says so.

    Args:
        name: The variable's name.
        cause: What decides its value: ``parameter DbPassword``, ``random_password.db.result``.
    """
    if _NAMES_ONLY.search(cause):
        return None
    sense, kind, said = read_name(name)
    speaks = sense is Sense.PASSWORD or (sense is Sense.SECRET and not _ALSO_A_NAME.intersection(said[-1:]))
    if _SURE.search(cause):
        return Leak(kind or "password", Confidence.HIGH)
    return Leak(kind or "password", Confidence.MEDIUM) if speaks else None
