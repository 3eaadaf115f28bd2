"""Policy documents and KMS grants, read as AWS writes them.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast
from urllib.parse import unquote

from smsl.model.errors import InputError

VERSIONS = ("2008-10-17", "2012-10-17")
OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"),
    *(
        family + comparison
        for family in ("Numeric", "Date")
        for comparison in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ),
    *("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
)
"""Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html."""
QUANTIFIERS = ("ForAllValues", "ForAnyValue")
_CANONICAL = {name.lower(): name for name in (*OPERATORS, *QUANTIFIERS)}
_ELEMENTS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_OPPOSITES = (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))
_PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key: ``{"ForAnyValue:StringLikeIfExists": {key: values}}``."""

    operator: str
    """As AWS spells it, without quantifier and IfExists."""
    key: str
    values: tuple[str, ...]
    quantifier: str | None = None
    """``ForAllValues``, ``ForAnyValue``, or None."""
    if_exists: bool = False

    @property
    def name(self) -> str:
        """The operator in full, as a policy writes it."""
        prefix = f"{self.quantifier}:" if self.quantifier else ""
        return f"{prefix}{self.operator}{'IfExists' if self.if_exists else ''}"


@dataclass(frozen=True, slots=True)
class PrincipalEntry:
    """One named principal; ``"*"`` alone is ``AWS: *``."""

    type: str
    """``AWS``, ``Service``, ``Federated`` or ``CanonicalUser``."""
    value: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; None where an element is left out."""

    effect: Literal["Allow", "Deny"]
    index: int
    """Place in the policy's list, from 0."""
    sid: str | None = None
    principals: tuple[PrincipalEntry, ...] | None = None
    not_principals: tuple[PrincipalEntry, ...] | None = None
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document with the name under which a report speaks of it."""

    name: str
    version: str
    statements: tuple[Statement, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Hashing a deep tuple at every look-up would cost more than the compiled form saves.
        object.__setattr__(self, "_hash", hash((self.name, self.version, self.statements)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class Grant:
    """A KMS grant: an Allow on one key for one grantee.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """

    grant_id: str
    grantee: str
    """An ARN, or a service's principal name."""
    operations: tuple[str, ...]
    """As in ListGrants: ``Decrypt``, not ``kms:Decrypt``."""
    encryption_context_equals: tuple[tuple[str, str], ...] | None = None
    encryption_context_subset: tuple[tuple[str, str], ...] | None = None
    source_arn: str | None = None


def parse_policy(name: str, document: object) -> Policy:
    """Read a policy document.

    Args:
        name: The name under which errors and verdicts speak of the policy.
        document: The document as a mapping, or as JSON text (plain or URL-encoded as in IAM's API).

    Raises:
        InputError: The document is none that AWS would accept; names the place, quotes no value.
    """
    if isinstance(document, str):
        document = _decode(name, document)
    members = _mapping(document, name)
    for member in members:
        if member not in {"Version", "Id", "Statement"}:
            raise InputError(f"{name}: has a member that is none of Version, Id and Statement.")
    version = members.get("Version", VERSIONS[0])
    if version not in VERSIONS:
        raise InputError(f"{name}.Version: must be {VERSIONS[0]} or {VERSIONS[1]}.")
    if "Statement" not in members:
        raise InputError(f"{name}: has no Statement.")
    written = members["Statement"]
    statements = written if isinstance(written, (list, tuple)) else (written,)
    return Policy(
        name,
        version,
        tuple(_statement(f"{name}.Statement[{i}]", i, each) for i, each in enumerate(statements)),
    )


def parse_grant(document: object, place: str = "grant") -> Grant:
    """Read one entry of ListGrants' ``Grants``.

    Raises:
        InputError: The entry is not in the shape of ListGrants; names the place, quotes no value.
    """
    members = _mapping(document, place)
    grantee = members.get("GranteePrincipal") or members.get("GranteeServicePrincipal")
    if not isinstance(grantee, str):
        raise InputError(f"{place}: GranteePrincipal or GranteeServicePrincipal must be text.")
    grant_id = members.get("GrantId", "")
    if not isinstance(grant_id, str):
        raise InputError(f"{place}.GrantId: must be text.")
    bounds = members.get("Constraints")
    constraints = _mapping({} if bounds is None else bounds, f"{place}.Constraints")
    for member in constraints:
        if member not in {"EncryptionContextEquals", "EncryptionContextSubset", "SourceArn"}:
            raise InputError(f"{place}.Constraints: has a member that is none of those AWS knows.")
    source = constraints.get("SourceArn")
    if source is not None and not isinstance(source, str):
        raise InputError(f"{place}.Constraints.SourceArn: must be text.")
    return Grant(
        grant_id,
        grantee,
        _texts(members.get("Operations", ()), place, "Operations"),
        _pairs(constraints, "EncryptionContextEquals", place),
        _pairs(constraints, "EncryptionContextSubset", place),
        source,
    )


def _decode(name: str, text: str) -> object:
    if text.lstrip()[:3].lower() == "%7b":
        text = unquote(text)

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise InputError(f"{name}: an object holds the same member twice.")
        return members

    try:
        return cast(object, json.loads(text, object_pairs_hook=once))
    except (ValueError, RecursionError):
        # The decoder's own message may quote the document.
        raise InputError(f"{name}: is not JSON.") from None


def _statement(place: str, index: int, document: object) -> Statement:
    members = _mapping(document, place)
    if not _ELEMENTS.issuperset(members):
        raise InputError(f"{place}: has an element that no policy statement has.")
    effect = members.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise InputError(f"{place}.Effect: must be Allow or Deny.")
    sid = members.get("Sid")
    if sid is not None and not isinstance(sid, str):
        raise InputError(f"{place}.Sid: must be text.")
    for positive, negative in _OPPOSITES:
        if positive in members and negative in members:
            raise InputError(f"{place}: has both {positive} and {negative}.")
    if "Action" not in members and "NotAction" not in members:
        raise InputError(f"{place}: has neither Action nor NotAction.")
    return Statement(
        effect,
        index,
        sid or None,
        _principals(members, "Principal", place),
        _principals(members, "NotPrincipal", place),
        _optional(members, "Action", place),
        _optional(members, "NotAction", place),
        _optional(members, "Resource", place),
        _optional(members, "NotResource", place),
        _conditions(members["Condition"], f"{place}.Condition") if "Condition" in members else (),
    )


def _optional(members: Mapping[str, object], element: str, place: str) -> tuple[str, ...] | None:
    if element not in members:
        return None
    written = members[element]
    return (written,) if isinstance(written, str) else _texts(written, place, element)


def _principals(members: Mapping[str, object], element: str, place: str) -> tuple[PrincipalEntry, ...] | None:
    if element not in members:
        return None
    written, place = members[element], f"{place}.{element}"
    if written == "*":
        return (PrincipalEntry("AWS", "*"),)
    found: list[PrincipalEntry] = []
    for kind, values in _mapping(written, place).items():
        if kind not in _PRINCIPAL_TYPES:
            raise InputError(f"{place}: a type of principal is none of {', '.join(_PRINCIPAL_TYPES)}.")
        found.extend(PrincipalEntry(kind, value) for value in _texts(values, place, kind))
    return tuple(found)


def _conditions(document: object, place: str) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for i, (written, keys) in enumerate(_mapping(document, place).items()):
        head, colon, rest = written.partition(":")
        quantifier = _CANONICAL.get(head.lower()) if colon else None
        operator = rest if colon else head
        if_exists = operator.lower().endswith("ifexists")
        known = _CANONICAL.get((operator[: -len("IfExists")] if if_exists else operator).lower())
        sound = known in OPERATORS and (not colon or quantifier in QUANTIFIERS)
        if known is None or not sound or (known == "Null" and if_exists):
            raise InputError(f"{place}: operator {i + 1} is none that AWS knows.")
        for j, (key, values) in enumerate(_mapping(keys, f"{place}.{known}").items()):
            scalars = _scalars(values, f"{place}.{known}, key {j + 1}")
            found.append(Condition(known, key, scalars, quantifier, if_exists))
    return tuple(found)


def _mapping(document: object, place: str) -> Mapping[str, object]:
    # A dict, as it mostly is, needs no look at the abstract class; and a plain loop is a third of a generator.
    if not isinstance(document, (dict, Mapping)):
        raise InputError(f"{place}: must be an object.")
    for key in document:
        if not isinstance(key, str):
            raise InputError(f"{place}: must be an object.")
    return document


def _texts(document: object, place: str, element: str) -> tuple[str, ...]:
    if isinstance(document, str):
        return (document,)
    # The place is put together only for an error: policies are mostly sound, and read by the ten thousand.
    if not isinstance(document, (list, tuple)):
        raise InputError(f"{place}.{element}: must be text or a list of texts.")
    for value in document:
        if not isinstance(value, str):
            raise InputError(f"{place}.{element}: must be text or a list of texts.")
    return tuple(cast(Sequence[str], document))


def _scalars(document: object, place: str) -> tuple[str, ...]:
    found: list[str] = []
    for value in document if isinstance(document, (list, tuple)) else (document,):
        match value:
            case bool():
                found.append("true" if value else "false")
            case str() | int() | float():
                found.append(str(value))
            case _:
                raise InputError(f"{place}: a value must be text, a number or a boolean.")
    return tuple(found)


def _pairs(constraints: Mapping[str, object], member: str, place: str) -> tuple[tuple[str, str], ...] | None:
    if constraints.get(member) is None:
        return None
    found = _mapping(constraints[member], f"{place}.Constraints.{member}")
    if not all(isinstance(value, str) for value in found.values()):
        raise InputError(f"{place}.Constraints.{member}: every value must be text.")
    return tuple(sorted(cast(Mapping[str, str], found).items()))
