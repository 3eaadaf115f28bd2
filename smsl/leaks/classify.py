"""Decide what each variable of one function holds: settings and references first, then what gives a secret away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

from smsl.leaks.placeholders import is_placeholder
from smsl.leaks.settings import setting
from smsl.leaks.words import declares_a_name, speaks_of_a_secret, words
from smsl.model.arn import parse_arn
from smsl.model.variable import Confidence, EnvironmentVariable, Holds, Leak, Other, Reference

_PROVIDERS: tuple[tuple[str, str, int], ...] = (
    # prefix, kind, least length of the whole value
    ("AKIA", "aws-access-key-id", 20),
    ("ghp_", "github-token", 30),
    ("gho_", "github-token", 30),
    ("github_pat_", "github-token", 40),
    ("glpat-", "gitlab-token", 20),
    ("xoxb-", "slack-token", 20),
    ("xoxp-", "slack-token", 20),
    ("sk_live_", "stripe-key", 20),
    ("rk_live_", "stripe-key", 20),
    ("sk-ant-", "anthropic-key", 30),
    ("sk-proj-", "openai-key", 30),
    ("SG.", "sendgrid-key", 40),
    ("npm_", "npm-token", 30),
    ("pypi-AgE", "pypi-token", 40),
    ("hf_", "huggingface-token", 30),
    ("dop_v1_", "digitalocean-token", 40),
    ("shpat_", "shopify-token", 30),
    ("AIza", "google-api-key", 35),
)
_NEVER_A_NAME = frozenset(" !$%^&*()[]{}<>?;'\"\\|,~`#")


def classify(
    variables: Mapping[str, str], known_names: frozenset[str] = frozenset()
) -> tuple[EnvironmentVariable, ...]:
    """Return what each variable holds, in order.

    Args:
        variables: Name to value, of one function.
        known_names: Names of listed secrets and parameters: a value that equals one is a reference.
    """
    return tuple(
        EnvironmentVariable(name, _holds(name, value, known_names), len(value)) for name, value in variables.items()
    )


def _holds(name: str, value: str, known: frozenset[str]) -> Holds:
    return setting(name, value) or _reference(name, value, known) or _leak(name, value) or Other()


def _reference(name: str, value: str, known: frozenset[str]) -> Reference | None:
    arn = parse_arn(value)
    if arn is not None and arn.service in ("secretsmanager", "ssm"):
        kind = "secret-arn" if arn.service == "secretsmanager" else "parameter-arn"
        return Reference(value, kind, certain=True)
    if value.startswith("{{resolve:"):
        return Reference(None, "dynamic-reference", certain=False)
    parts = words(name)
    kind = "parameter-name" if "parameter" in parts[-2:] or "ssm" in parts else "secret-name"
    if value in known:
        return Reference(value, kind, certain=True)
    if not declares_a_name(parts) or _leak("", value) is not None:
        return None
    return Reference(value, kind, certain=True) if _could_be_a_name(value) else Reference(None, kind, certain=False)


def _could_be_a_name(value: str) -> bool:
    """Tell whether a value is made as names are: words between slashes and dashes, not a mixture of everything.

    A name that a variable declares is kept in clear, so a value that looks drawn at random is not believed to be one.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html (Name)
    """
    allowed = all(sign.isascii() and (sign.isalnum() or sign in "/_+=.@-") for sign in value)
    return bool(value) and allowed and len(value) <= 512 and not any(map(_looks_drawn, _pieces(value)))


def _pieces(value: str) -> list[str]:
    for sign in "/_+=.@-":
        value = value.replace(sign, " ")
    return value.split()


def _looks_drawn(piece: str) -> bool:
    """Tell text drawn at random from a word: many changes between capitals, small letters and digits."""
    kinds = ["d" if sign.isdigit() else "u" if sign.isupper() else "l" for sign in piece]
    changes = sum(one != other for one, other in pairwise(kinds))
    return len(piece) >= 8 and changes >= 4


def _leak(name: str, value: str) -> Leak | None:
    return _by_form(value) or _by_provider(value) or _by_name(name, value)


def _by_form(value: str) -> Leak | None:
    if "-----BEGIN " in value and "PRIVATE KEY" in value and "..." not in value:
        return Leak("private-key", Confidence.HIGH)
    if "://" in value:
        return _url(value)
    if value.lstrip()[:1] in ("{", "["):
        return _json(value)
    return None


def _url(value: str) -> Leak | None:
    try:
        parts = urlsplit(value)
        password = parts.password
    except ValueError:
        return None
    if password and not is_placeholder(password):
        return Leak("url-password", Confidence.HIGH, "password of the URL")
    for member, text in parse_qsl(parts.query):
        if speaks_of_a_secret(words(member)) and not is_placeholder(text):
            return Leak("url-query-secret", Confidence.HIGH, "query of the URL")
    return None


def _json(value: str) -> Leak | None:
    try:
        document = json.loads(value)
    except (ValueError, RecursionError):
        return None
    for member, text in document.items() if isinstance(document, dict) else ():
        if isinstance(text, str) and (found := _leak(str(member), text)):
            return Leak(found.kind, found.confidence, "JSON member")
    return None


def _by_provider(value: str) -> Leak | None:
    token = value.strip()
    if is_placeholder(token) or token.endswith("EXAMPLE"):
        return None
    for prefix, kind, least in _PROVIDERS:
        if token.startswith(prefix) and len(token) >= least and " " not in token:
            return Leak(kind, Confidence.HIGH)
    return None


def _by_name(name: str, value: str) -> Leak | None:
    kind = speaks_of_a_secret(words(name))
    if kind is None or is_placeholder(value) or parse_arn(value) is not None or "://" in value:
        return None
    if kind == "password":
        return Leak(kind, Confidence.HIGH) if not _could_be_a_path(value) else None
    if len(value) < 8 or value.isdigit() or _could_be_a_path(value):
        return None
    drawn = any(sign.isdigit() for sign in value) and any(sign.isalpha() for sign in value)
    return Leak(kind, Confidence.HIGH if drawn else Confidence.MEDIUM)


def _could_be_a_path(value: str) -> bool:
    return "/" in value and _could_be_a_name(value)
