"""Values that stand where a secret would: words to be replaced, names to be filled in, and ciphertext."""

from __future__ import annotations

from itertools import pairwise

from smsl.leaks.words import words

_WHOLE = frozenset(
    {"", "true", "false", "yes", "no", "none", "null", "todo", "undefined", "pwd", "tok", "password", "token", "secret"}
)
_WORDS = frozenset(
    {"changeme", "example", "placeholder", "redacted", "dummy", "fake", "your", "replace", "hidden", "sample", "xxx"}
)
"""Any one of them, as a word of the value, says that it is to be replaced."""
_SAYINGS = frozenset(
    {
        *(("change", "me"), ("goes", "here"), ("not", "used"), ("my", "key"), ("set", "me"), ("set", "secure")),
        *(("stored", "in"), ("from", "secrets"), ("from", "ssm"), ("secrets", "manager"), ("insert", "here")),
    }
)
_OPENINGS = ("${", "{{", "<", "$(", "env:", "vault:", "gcp-secret:", "secret:", "ssm:", "op://", "enc[", "var.", "[")
_CIPHERTEXT = ("AQICAH", "AQECAH")
"""How KMS ciphertext begins in base64. Source: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html"""
_BRACKETS = (("%", "%"), ("__", "__"), ("{", "}"), ("{{", "}}"), ("(", ")"))


def is_placeholder(value: str) -> bool:
    """Tell whether a value is no secret whatever its name says."""
    text = value.strip()
    low = text.lower()
    if low in _WHOLE or low.isdigit() or low.startswith(_OPENINGS) or text.startswith(_CIPHERTEXT):
        return True
    return _is_variable(text) or _says_so(low) or _is_filler(low)


def _is_variable(text: str) -> bool:
    """Tell ``$NAME``, ``%NAME%``, ``__NAME__`` and ``{name}``."""
    if text[:1] == "$" and text[1:].replace("_", "").isalnum() and (text[1:].isupper() or text[1:2] == "_"):
        return True
    return text == "%s" or any(
        text.startswith(left) and text.endswith(right) and text[len(left) : -len(right)].replace("_", "").isalpha()
        for left, right in _BRACKETS
    )


def _says_so(low: str) -> bool:
    parts = words(low.replace(" ", "_"))
    return any(part in _WORDS for part in parts) or any(pair in _SAYINGS for pair in pairwise(parts))


def _is_filler(low: str) -> bool:
    """Tell ``xxxx-xxxx`` and ``......``: one sign again and again behind whatever prefix."""
    body = [sign for sign in low if sign.isalnum()]
    return "..." in low or "xxxx" in low or len(set(body)) <= 1
