"""What the variables of declared functions hold: their values end here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from smsl.leaks.classify import classify
from smsl.leaks.presumed import presumed
from smsl.leaks.references import declares_a_name, kind_of
from smsl.leaks.same import Seen, note
from smsl.model.standin import SUFFIX, blanked, causes, is_drawn, is_unsettled, unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.model.variable import EnvironmentVariable, Holds, Leak, Other, Reference
from smsl.sources.declared.pieces import FunctionPiece

_FILLED_IN = "${unresolved}"
"""What the leak detector knows for something that is filled in, and never for a secret itself."""
_STANDIN = "⟨[^⟩]*⟩|⟪[^⟫]*⟫"
_ARN = re.compile(
    rf"(arn:(?:aws[a-z-]*|{_STANDIN}):secretsmanager:(?:[a-z0-9-]+|{_STANDIN}):(?:[0-9]{{12}}|{_STANDIN})"
    rf":secret:(?:[\w/+=.@!-]|{_STANDIN})+)(?::[^:]*){{0,3}}$"
)
"""A secret's ARN, whose region or account is that of the deployment; behind it may stand what is read of its JSON."""
_NAME = re.compile(rf"(?:[\w/+=.@!-]|{_STANDIN})+")

_RESOLVED = "dynamic-"
"""How the kinds of references begin that CloudFormation resolves, also where the secret's own ARN is not drawn yet."""


def variables_of(
    piece: FunctionPiece, names: frozenset[str], seen: Seen[str]
) -> Maybe[tuple[EnvironmentVariable, ...]]:
    """Return what each variable of a function holds.

    Args:
        piece: The function, with the values.
        names: What names the secrets that are declared, or that the account under them has.
        seen: Where leaks are noted that other functions may share.
    """
    if isinstance(piece.environment, Unknown):
        return piece.environment
    texts = {name: value for name, value in piece.environment.items() if isinstance(value, str)}
    blank = {name: blanked(value, _FILLED_IN) for name, value in texts.items()}
    classified = {each.name: each for each in classify(blank, names)}
    variables = tuple(
        EnvironmentVariable(name, _holds(name, value, names, classified)) for name, value in piece.environment.items()
    )
    note(seen, piece.name, variables, {name: texts.get(name, "") for name in piece.environment})
    return variables


def _holds(
    name: str, value: str | Unknown, names: frozenset[str], classified: Mapping[str, EnvironmentVariable]
) -> Holds:
    if isinstance(value, Unknown):
        # Which secret or parameter it is nobody knows yet; that it is one, the variable's name says.
        named = _declared(name, unsettled(value.reason)) if declares_a_name(name) else None
        return named or presumed(name, value.reason) or value
    text = value.strip()
    if not is_drawn(text) and not is_unsettled(text) and SUFFIX not in text:
        return classified[name].holds
    known = next((each for each in _starts(text) if each in names), None)
    if known is not None:
        return Reference(known, "secret-arn" if known.startswith("arn:") else "secret-name", certain=True)
    found = classified[name].holds
    if isinstance(found, Leak) or (isinstance(found, Reference) and found.kind.startswith(_RESOLVED)):
        return found
    if arn := _ARN.match(text):
        return Reference(arn[1], "secret-arn", certain=True)
    if not is_unsettled(text):
        return _declared(name, text) or Other()
    cause = ", ".join(causes(text))
    leak = presumed(name, cause)
    if leak is not None:
        return leak
    return _declared(name, text) or Unknown(f"{name} hangs on {cause}", causes(text))


def _declared(name: str, text: str) -> Reference | None:
    """Return the reference that a variable holds because it, or the one thing that decides it, is called so."""
    if not _NAME.fullmatch(text) or not (declares_a_name(name) or (_is_one(text) and declares_a_name(causes(text)[0]))):
        return None
    kind = kind_of(name, text)
    if kind == "secret-name" and _is_one(text) and name.upper().endswith("ARN"):
        kind = "secret-arn"
    return Reference(text, kind, certain=True)


def _starts(text: str) -> Iterator[str]:
    """Yield a text, and it without what names a member of the secret's JSON behind an ARN: ``:password::``."""
    yield text
    if text.startswith("arn:"):
        end = text.find(f"{SUFFIX}:")
        if end >= 0:
            yield text[: end + len(SUFFIX)]


def _is_one(text: str) -> bool:
    """Tell whether one cause decides the whole text, as it decides an ARN or a name."""
    return len(causes(text)) == 1 and text.startswith("⟪") and text.endswith("⟫")
