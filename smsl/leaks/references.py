"""Understand the names and ARNs of secrets and parameters; keep their text only where nothing else can stand there."""

from __future__ import annotations

import re

from smsl.leaks.judge import judge
from smsl.leaks.senses import Sense, read_name
from smsl.leaks.shapes import drawn, is_uuid, wordy
from smsl.leaks.vetoes import is_placeholder
from smsl.leaks.weigh import looks_like_name, looks_like_path
from smsl.leaks.words import core
from smsl.model.arn import parse_arn
from smsl.model.variable import Confidence, Reference

NAMED = frozenset({"secret", "secrets", "parameter", "param"})
NAMING = frozenset({"name", "arn", "id", "path"})
"""A variable whose name ends in a word of NAMED and one of NAMING declares that it holds a name."""
_STORES: tuple[tuple[str, str], ...] = (
    ("secretsmanager:", "secret-name"), ("sm://", "secret-name"), ("awssm:", "secret-name"),
    ("aws-sm:", "secret-name"),
    ("aws-secretsmanager:", "secret-name"), ("ssm:", "parameter-name"), ("ssm-secure:", "parameter-name"),
    ("aws-ssm:", "parameter-name"), ("aws-parameterstore:", "parameter-name"),
    ("/aws/reference/secretsmanager/", "parameter-name"),
)  # fmt: skip
_ARN = (
    r"(arn:aws[a-z-]{0,12}:(?:secretsmanager:[a-z0-9-]{1,25}:[0-9]{12}:secret:[\w/+=.@!-]{1,512}"
    r"|ssm:[a-z0-9-]{1,25}:[0-9]{12}:parameter/[\w/.-]{1,1011}))(?::[\w.-]{0,256}){0,3}"
)
_NAME = r"[A-Za-z0-9/_+=.@-]{1,512}"
_MANAGED = r"(?:rds|redshift|opsworks|events|datasync|appflow|sqlworkbench|ecs-sc|marketplacedeployment)!.{1,200}"
_DIGEST = r"[0-9a-fA-F]{20,}"
_STAMP = r"[A-Za-z0-9]{6}|[A-Za-z0-9]{12,13}"
_DYNAMIC_START = "{{resolve:"
_DYNAMIC = r"\{\{resolve:(secretsmanager|ssm-secure|ssm):(?:\$\{[^{}]*\}|[^{}])++\}\}"
_DYNAMIC_KINDS = {
    "secretsmanager": "dynamic-reference", "ssm-secure": "dynamic-secure-parameter", "ssm": "dynamic-parameter",
}  # fmt: skip
"""Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"""
_MOUNTS = ("/run/", "/var/", "/etc/", "/opt/", "/tmp/", "/home/", "/usr/", "/mnt/", "/root/", "/app/", "./", "../", "~")  # noqa: S108
_SECRET_SENSES = frozenset({Sense.PASSWORD, Sense.SECRET, Sense.LOGIN})


def reference(name: str, value: str, known: frozenset[str]) -> Reference | None:
    """Return the reference that a variable holds; its text is None where it is only possible that it is one.

    Args:
        name: The variable's name.
        value: Its value.
        known: Names of listed secrets and parameters.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html (Name)
    """
    text = value.strip()
    if found := re.fullmatch(_ARN, text):
        kind = "secret-arn" if ":secretsmanager:" in text[:40] else "parameter-arn"
        return Reference(found[1], kind, certain=True)
    if (dynamic := _dynamic(text)) is not None:
        return Reference(None, dynamic, certain=False)
    kind = kind_of(name, text)
    if text and text in known:
        return Reference(text, kind, certain=True)
    if parse_arn(text) is not None:
        return None
    if declares_a_name(name):
        return _declared(text, kind)
    return Reference(None, kind, certain=False) if _possible(name, text) else None


def _dynamic(text: str) -> str | None:
    """Return the kind of the dynamic reference that a text is, or that stands in it as a password in a URL."""
    if _DYNAMIC_START not in text:
        return None
    found = re.search(_DYNAMIC, text)
    return _DYNAMIC_KINDS[found[1]] if found else "dynamic-parameter" if text.startswith(_DYNAMIC_START) else None


def declares_a_name(name: str) -> bool:
    """Tell whether a variable's own name says that it holds the name of a secret or parameter."""
    parts = core(read_name(name)[2])
    return len(parts) > 1 and parts[-1] in NAMING and parts[-2] in NAMED


def kind_of(name: str, text: str) -> str:
    """Return which store a name is of, by how it begins and by what its variable is called."""
    for start, kind in _STORES:
        if text.startswith(start):
            return kind
    parts = read_name(name)[2]
    speaks = "ssm" in parts or any(word in ("parameter", "param", "parameters", "params") for word in parts[-2:])
    return "parameter-name" if speaks else "secret-name"


def _declared(text: str, kind: str) -> Reference | None:
    if not text or is_placeholder(text):
        return None
    leak = judge("", text)
    if leak is not None and leak.confidence is not Confidence.LOW:
        return None
    return Reference(text, kind, certain=True) if is_a_name(text) else Reference(None, kind, certain=False)


def is_a_name(text: str) -> bool:
    """Tell whether a text can only be a name: words between signs, and no piece that looks drawn at random.

    The stamp that CloudFormation and Secrets Manager put behind words is drawn, and is told by its length.
    """
    if re.fullmatch(_MANAGED, text):
        return True
    if not re.fullmatch(_NAME, text) or is_uuid(text) or re.fullmatch(_DIGEST, text):
        return False
    pieces = [piece for piece in re.split(r"[/_+=.@-]", text) if piece]
    if len(pieces) > 1 and re.fullmatch(_STAMP, pieces[-1]) and "-" in text and wordy("".join(pieces[:-1])):
        pieces = pieces[:-1]
    return not any(drawn(piece) or is_uuid(piece) for piece in pieces) and _speaks(pieces)


def _speaks(pieces: list[str]) -> bool:
    """Tell pieces of words; digits and signs among letters, as passwords that people choose have them, are no words."""
    letters = sum(len(piece) for piece in pieces if wordy(piece) or piece.isdigit() or len(piece) <= 4)
    mixed = any(re.search(r"[A-Za-z][0-9]{2,}$", piece) and len(pieces) == 1 for piece in pieces)
    return letters >= 0.6 * sum(map(len, pieces)) and not mixed


def _possible(name: str, text: str) -> bool:
    if any(text.startswith(start) for start, _ in _STORES):
        return True
    if read_name(name)[0] not in _SECRET_SENSES or not text or is_placeholder(text) or text.startswith(_MOUNTS):
        return False
    return "." not in text[-6:] and "://" not in text and (looks_like_path(text) or looks_like_name(text))
