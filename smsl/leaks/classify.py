"""Decide what each variable of one function holds: leaks that nothing excuses, settings, references, then the rest."""

from __future__ import annotations

from collections.abc import Mapping

from smsl.leaks.blobs import unquoted
from smsl.leaks.formats import provider_of
from smsl.leaks.judge import judge
from smsl.leaks.references import reference
from smsl.leaks.senses import Sense, read_name
from smsl.leaks.settings import setting
from smsl.leaks.shapes import drawn, is_base64, is_hex, is_uuid
from smsl.leaks.vetoes import ciphertext
from smsl.model.variable import Ciphertext, Confidence, EnvironmentVariable, Holds, Leak, Other

_AWS_SECRET_LENGTH = 40
_PLAIN = frozenset({Sense.NONE, Sense.HINT, Sense.KEY, Sense.SECRET})


def classify(
    variables: Mapping[str, str], known_names: frozenset[str] = frozenset()
) -> tuple[EnvironmentVariable, ...]:
    """Return what each variable holds, in order.

    Args:
        variables: Name to value, of one function: one variable may tell what another is.
        known_names: Names of listed secrets and parameters: a value that equals one is a reference.
    """
    pairs = frozenset(kind for value in variables.values() if (kind := _half(value)))
    return tuple(
        EnvironmentVariable(name, _holds(name, value, known_names, pairs), len(value))
        for name, value in variables.items()
    )


def _holds(name: str, value: str, known: frozenset[str], pairs: frozenset[str]) -> Holds:
    found = setting(name, value)
    if found is not None and found.valid and "@" not in value:
        return found
    named = reference(name, value, known)
    if named is not None and named.certain:
        return named
    if (encrypted := ciphertext(unquoted(value))) is not None:
        return Ciphertext(encrypted)
    leak = judge(name, value) or _other_half(name, value, pairs) or _role_secret(name, value)
    if leak is not None and leak.confidence is not Confidence.LOW:
        return leak
    return found or named or leak or Other()


def _half(value: str) -> str | None:
    """Return the kind of the public half of a pair that a value is."""
    if len(value) == 20 and value[:4] in ("AKIA", "ASIA"):
        return provider_of(value)
    return "twilio-account" if len(value) == 34 and value[:2] == "AC" and is_hex(value[2:]) else None


def _other_half(name: str, value: str, pairs: frozenset[str]) -> Leak | None:
    """Return the secret that belongs to a key id beside it, whatever its own name says."""
    if not pairs or read_name(name)[0] not in _PLAIN:
        return None
    text = value.strip()
    if (
        "aws-access-key-id" in pairs
        and len(text) == _AWS_SECRET_LENGTH
        and is_base64(text)
        and drawn(text)
        and not is_hex(text)
    ):
        return Leak("aws-secret-access-key", Confidence.HIGH)
    if "twilio-account" in pairs and len(text) == 32 and is_hex(text) and "twilio" in name.lower():
        return Leak("twilio-auth-token", Confidence.HIGH)
    return None


def _role_secret(name: str, value: str) -> Leak | None:
    """Return the secret of a Vault AppRole, which is called an id.

    Source: https://developer.hashicorp.com/vault/docs/auth/approle
    """
    parts = read_name(name)[2]
    is_role = parts[-2:] == ("secret", "id") and any(word in ("vault", "approle", "role") for word in parts)
    return Leak("vault-secret-id", Confidence.HIGH) if is_role and is_uuid(value.strip()) else None


def flagged(variable: EnvironmentVariable) -> Leak | None:
    """Return the leak of a variable with high or medium confidence; None for debatable ones and for all else."""
    holds = variable.holds
    return holds if isinstance(holds, Leak) and holds.confidence is not Confidence.LOW else None
