"""Names split into words, and what those words say.

Whole words are compared, never parts of them: MONKEYLEARN does not hold ``arn``, nor KEYSPACE ``key``.
"""

from __future__ import annotations

PASSWORD_WORDS = frozenset({"password", "passwd", "pwd", "pass", "passphrase", "passcode", "pw"})
SECRET_WORDS = frozenset({"secret", "token", "credential", "credentials", "apikey", "secretkey", "authtoken"})
KEY_PAIRS = frozenset(
    {
        ("api", "key"),
        ("secret", "key"),
        ("private", "key"),
        ("access", "key"),
        ("auth", "key"),
        ("encryption", "key"),
        ("signing", "key"),
        ("master", "key"),
        ("license", "key"),
        ("account", "key"),
        ("shared", "key"),
        ("session", "key"),
        ("service", "key"),
        ("app", "key"),
        ("client", "key"),
        ("admin", "key"),
        ("hmac", "key"),
        ("jwt", "key"),
    }
)
SETTING_WORDS = frozenset(
    {
        "name",
        "arn",
        "id",
        "path",
        "url",
        "uri",
        "host",
        "port",
        "ttl",
        "timeout",
        "length",
        "header",
        "field",
        "file",
        "region",
        "enabled",
        "type",
        "version",
        "policy",
        "min",
        "max",
        "count",
        "algorithm",
        "expiry",
        "expires",
        "prefix",
        "issuer",
        "endpoint",
        "bucket",
        "table",
        "provider",
        "mode",
        "size",
        "interval",
        "rotation",
        "days",
        "hours",
        "seconds",
        "minutes",
        "audience",
        "scope",
        "domain",
        "parameter",
        "label",
        "stage",
        "cache",
        "required",
        "regex",
    }
)
"""As a name's last word, each says that the value is about a secret, and is none."""
NAMING_ENDS = (
    ("secret", "name"),
    ("secret", "arn"),
    ("secret", "id"),
    ("secret", "path"),
    ("secrets", "name"),
    ("secrets", "arn"),
    ("secrets", "id"),
    ("secrets", "path"),
    ("parameter", "name"),
    ("parameter", "path"),
    ("parameter", "arn"),
)
"""A variable whose name ends so declares that it holds a name."""


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in small letters: split at ``_``, ``-``, ``.`` and where camelCase rises."""
    found: list[str] = []
    current = ""
    for before, sign in zip(" " + name, name, strict=False):
        rises = sign.isupper() and before.islower()
        if not sign.isalnum() or rises:
            if current:
                found.append(current.lower())
            current = sign if sign.isalnum() else ""
        else:
            current += sign
    return tuple([*found, current.lower()] if current else found)


def declares_a_name(parts: tuple[str, ...]) -> bool:
    """Tell whether a variable's own name says that it holds the name of a secret or parameter."""
    return parts[-2:] in NAMING_ENDS


def speaks_of_a_secret(parts: tuple[str, ...]) -> str | None:
    """Return the kind of secret that a name promises; None where its last words promise none."""
    while parts and parts[-1].isdigit():
        parts = parts[:-1]
    if not parts or parts[-1] in SETTING_WORDS:
        return None
    if parts[-1] in PASSWORD_WORDS:
        return "password"
    if parts[-1] in SECRET_WORDS:
        return parts[-1]
    return "-".join(parts[-2:]) if parts[-2:] in KEY_PAIRS else None
