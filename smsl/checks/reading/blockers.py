"""Which rule each blocker of an access belongs to, and the finding that its blockers make together.

One fault is one finding: a cause (the missing suffix, the wrong kms:ViaService, private DNS that is off) stands in
place of the general rule, and what stops a whole function is said once, not once for each secret.
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.lines import decision_lines, hop_lines, secret_name
from smsl.model.decision import Layer
from smsl.model.evidence import Access, Blocker, Evidence, Subject, Verdict
from smsl.model.finding import Confidence, Finding, Rule
from smsl.model.origin import Basis
from smsl.model.reach import Verdict as Reached
from smsl.model.snapshot import Secret

_NETWORK = frozenset({"dns", "endpoint_state", "route", "security_group", "network_acl"})
_NAME_LEADS_PAST = frozenset({"EP_PRIVATE_DNS_OFF", "DNS_HOSTNAMES_OFF", "EP_OTHER_VPC_NO_DNS"})
_POLICIES = {
    "rcp": Layer.RESOURCE_CONTROL_POLICY,
    "scp": Layer.SERVICE_CONTROL_POLICY,
    "endpoint_policy": Layer.VPC_ENDPOINT,
    "resource_policy": Layer.RESOURCE,
    "identity_policy": Layer.PRINCIPAL,
    "permissions_boundary": Layer.PERMISSIONS_BOUNDARY,
    "session_policy": Layer.SESSION,
}
_DECRYPT = {f"kms:{name}": layer for name, layer in _POLICIES.items()} | {
    "key_policy": Layer.RESOURCE,
    "kms_permission": Layer.PRINCIPAL,
}
_BY_LAYER = {
    "function_state": "function-not-ready",
    "role_trust": "role-not-assumable",
    "region": "secret-wrong-region",
    "endpoint_policy": "endpoint-policy-denied",
    "key_state": "key-unusable",
}
_BY_STATE = {
    "absent": "secret-absent",
    "pending-deletion": "secret-pending-deletion",
    "no-value": "secret-without-value",
}
_BY_DECRYPT = {"via-service": "via-service-wrong", "default-key": "cross-account-default-key"}
_EXTENSION = {"architecture": "extension-wrong-architecture", "region": "extension-wrong-region"}


def rule_of(access: Access, blocker: Blocker) -> str | None:
    """Return the id of the rule that a blocker of an access belongs to; None for one that is no fault."""
    if blocker.layer in _NETWORK:
        return _network_rule(access, blocker)
    if blocker.layer in _BY_LAYER:
        return _BY_LAYER[blocker.layer]
    if blocker.layer == "extension":
        return _EXTENSION.get(blocker.code or "")
    if blocker.layer == "secret_state":
        return _BY_STATE.get(blocker.code or "")
    if blocker.layer in _DECRYPT:
        return _BY_DECRYPT.get(blocker.code or "", "decrypt-denied")
    if blocker.layer in _POLICIES:
        return "secret-suffix-mismatch" if blocker.code == "suffix" else "read-denied"
    return None


def _network_rule(access: Access, blocker: Blocker) -> str | None:
    reached = access.reach.verdict if access.reach is not None else None
    if reached in (Reached.REACHABLE, Reached.UNKNOWN):
        return None  # nothing proven to stand in the way
    if reached is Reached.PARTIAL or access.verdict is Verdict.INTERMITTENT:
        return "path-partial"
    return "endpoint-dns-off" if blocker.code in _NAME_LEADS_PAST else "path-blocked"


def blocked(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Yield one finding for each access that blockers of a rule stand in the way of.

    A fault of the function itself or of its network is one finding for the function.
    """
    for subject in evidence.subjects:
        yield from _of_subject(rule, subject)


def _of_subject(rule: Rule, subject: Subject) -> Iterator[Finding]:
    said: set[tuple[str, ...]] = set()
    for access in subject.accesses:
        if access.verdict not in (Verdict.BLOCKED, Verdict.INTERMITTENT):
            continue
        mine = tuple(each for each in access.blockers if rule_of(access, each) == rule.id)
        if not mine:
            continue
        shared = not _depends_on_secret(mine[0])
        key = tuple(f"{each.layer}/{each.code}/{each.resource}" for each in mine)
        if shared and key in said:
            continue
        said.add(key)
        yield _finding(rule, access, mine, shared=shared)


def _depends_on_secret(blocker: Blocker) -> bool:
    return blocker.layer not in _NETWORK | {"function_state", "role_trust", "extension"}


def _finding(rule: Rule, access: Access, mine: tuple[Blocker, ...], *, shared: bool) -> Finding:
    first = mine[0]
    name = secret_name(access)
    cause = first.layer if first.code is None else f"{first.layer}/{first.code}"
    what = f"cannot read {name}"
    if rule_of(access, first) == "path-partial":
        what = f"reaches Secrets Manager only now and then to read {name}"
    return Finding(
        rule,
        function=access.function.qualified_arn,
        resource=first.resource,
        message=f"{access.function.label} {what}: {first.message}",
        because=tuple(dict.fromkeys(_because(access, mine))) or (f"{first.layer}: {first.resource}",),
        confidence=Confidence.HIGH if _is_sure(access) else Confidence.MEDIUM,
        detail=cause if shared else f"{name} {cause}",
        secret=access.wanted.text,
        statements=tuple(dict.fromkeys(_statements(access, mine))),
    )


def _is_sure(access: Access) -> bool:
    """Tell whether the function wants the secret for sure, and the secret is known to be there."""
    return access.wanted.basis is not Basis.INFERRED and not (
        isinstance(access.secret, Secret) and access.secret.assumed
    )


def _statements(access: Access, mine: tuple[Blocker, ...]) -> Iterator[tuple[str, int]]:
    """Yield the statements that deny, and those that came closest to allow, the nearest first."""
    layers = {each.layer for each in mine}
    for decision, names in ((access.read, _POLICIES), (access.decrypt, _DECRYPT)):
        asked = {names[each] for each in layers & names.keys()}
        if decision is not None:
            yield from ((e.policy, e.statement) for e in decision.because if e.effect == "Deny" and e.layer in asked)
            yield from ((e.policy, e.statement) for e in decision.near_misses if e.layer in asked)


def _because(access: Access, mine: tuple[Blocker, ...]) -> Iterator[str]:
    if len(mine) > 1:
        yield from (each.message for each in mine)
    layers = {each.layer for each in mine}
    yield from decision_lines(access.read, {_POLICIES[each] for each in layers & _POLICIES.keys()})
    yield from decision_lines(access.decrypt, {_DECRYPT[each] for each in layers & _DECRYPT.keys()})
    if layers & _NETWORK:
        yield from hop_lines(access.reach)
