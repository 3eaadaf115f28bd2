"""What an environment variable holds, as JSON: in the facts there is nothing else of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smsl.model.variable import Ciphertext, Confidence, EnvironmentVariable, Holds, Leak, Other, Reference, Setting


def dump_variable(variable: EnvironmentVariable) -> dict[str, Any]:
    """Return a variable as JSON: what it holds, never its text unless that is a certain reference or a setting.

    Nor its length, which would make guessing shorter.
    """
    row: dict[str, Any] = {"name": variable.name}
    match variable.holds:
        case Reference(text=text, kind=kind, certain=certain):
            row["reference"] = {"text": text, "kind": str(kind), "certain": certain}
        case Leak(kind=kind, confidence=confidence, place=place, same=same, more=more):
            row["leak"] = {"kind": str(kind), "confidence": str(confidence), "place": place}
            if same:
                row["leak"] |= {"same": list(same), "more": more}
        case Setting(value=value, valid=valid):
            row["setting"] = {"value": value, "valid": valid}
        case Ciphertext(kind=kind):
            row["ciphertext"] = {"kind": kind}
    return row


def load_variable(row: Mapping[str, Any]) -> EnvironmentVariable:
    """Return the variable that `dump_variable` wrote."""
    return EnvironmentVariable(str(row["name"]), _holds(row))


def _holds(row: Mapping[str, Any]) -> Holds:
    if "reference" in row:
        part = row["reference"]
        return Reference(part["text"], part["kind"], bool(part["certain"]))
    if "leak" in row:
        part = row["leak"]
        same = tuple(str(each) for each in part.get("same", ()))
        return Leak(part["kind"], Confidence(part["confidence"]), part["place"], same, int(part.get("more", 0)))
    if "setting" in row:
        return Setting(row["setting"]["value"], bool(row["setting"]["valid"]))
    if "ciphertext" in row:
        return Ciphertext(str(row["ciphertext"]["kind"]))
    return Other()
