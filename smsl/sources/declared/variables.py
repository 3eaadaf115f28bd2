"""What the variables of declared functions hold: their values end here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from smsl.leaks.classify import classify
from smsl.leaks.presumed import presumed
from smsl.leaks.references import declares_a_name
from smsl.leaks.same import Seen, note
from smsl.model.arn import parse_arn
from smsl.model.standin import SUFFIX, blanked, causes, is_drawn, is_unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.model.variable import EnvironmentVariable, Holds, Leak, Other, Reference
from smsl.sources.declared.pieces import FunctionPiece

_FILLED_IN = "${unresolved}"
"""What the leak detector knows for something that is filled in, and never for a secret itself."""

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
        return presumed(name, value.reason) or value
    text = value.strip()
    if not is_drawn(text) and not is_unsettled(text) and SUFFIX not in text:
        return classified[name].holds
    named = next((each for each in _starts(text) if each in names), None)
    if named is not None:
        return Reference(named, "secret-arn" if named.startswith("arn:") else "secret-name", certain=True)
    found = classified[name].holds
    if isinstance(found, Leak) or (isinstance(found, Reference) and found.kind.startswith(_RESOLVED)):
        return found
    if _is_secret(text):
        return Reference(text, "secret-arn", certain=True)
    if not is_unsettled(text):
        return Other()
    cause = ", ".join(causes(text))
    leak = presumed(name, cause)
    if leak is not None:
        return leak
    if declares_a_name(name) and _is_one(text):
        return Reference(text, "secret-arn" if name.upper().endswith("ARN") else "secret-name", certain=True)
    return Unknown(f"{name} hangs on {cause}", causes(text))


def _starts(text: str) -> Iterator[str]:
    """Yield a text, and it without what names a member of the secret's JSON behind an ARN: ``:password::``."""
    yield text
    if text.startswith("arn:"):
        end = text.find(f"{SUFFIX}:")
        if end >= 0:
            yield text[: end + len(SUFFIX)]


def _is_secret(text: str) -> bool:
    """Tell whether a text is the ARN of a secret of which nothing but the account, the region or the name is open."""
    arn = parse_arn(text)
    return arn is not None and arn.service == "secretsmanager" and arn.resource.startswith("secret:")


def _is_one(text: str) -> bool:
    """Tell whether one cause decides the whole text, as it decides an ARN or a name."""
    return len(causes(text)) == 1 and text.startswith("⟪") and text.endswith("⟫")
