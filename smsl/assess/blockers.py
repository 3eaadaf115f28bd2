"""From decisions and traces to the layers that stand in the way, in the order in which a real call meets them."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.assess.faults import fault
from smsl.assess.grants import Decrypted, Judged
from smsl.model import reach as paths
from smsl.model.decision import Decision, Effect, Layer, NearMiss
from smsl.model.evidence import Blocker
from smsl.model.policy import Policy, Statement
from smsl.model.reach import LAYER_OF_CODE, Reach
from smsl.model.secretname import lacks_suffix
from smsl.model.snapshot import Absent, Function, Key, Role, Secret, SecretFact
from smsl.model.unknown import Answer, Unknown

NETWORK_LAYERS = ("dns", "endpoint_state", "route", "security_group", "network_acl")
_CONTRIBUTING = frozenset({"EP_MISSING"})
"""Facts that explain a blocker and are none: with a route to the internet, no endpoint is needed."""
_NOT_INVOCABLE = frozenset({"Failed", "Pending", "Deleting", "Deactivating", "Deactivated", "ActiveNonInvocable"})
_NAMES = {
    Layer.RESOURCE_CONTROL_POLICY: "rcp",
    Layer.SERVICE_CONTROL_POLICY: "scp",
    Layer.VPC_ENDPOINT: "endpoint_policy",
    Layer.RESOURCE: "resource_policy",
    Layer.PRINCIPAL: "identity_policy",
    Layer.PERMISSIONS_BOUNDARY: "permissions_boundary",
    Layer.SESSION: "session_policy",
}
_WORDS = {
    "rcp": "a resource control policy",
    "scp": "a service control policy",
    "endpoint_policy": "the VPC endpoint's policy",
    "resource_policy": "the secret's resource policy",
    "identity_policy": "the role's identity policies",
    "permissions_boundary": "the role's permissions boundary",
    "session_policy": "a session policy",
}


def network_blockers(reach: Reach | None) -> tuple[Blocker, ...]:
    """Return what stops packets, or some of them, root cause first in each layer."""
    if reach is None or reach.verdict not in (paths.Verdict.UNREACHABLE, paths.Verdict.PARTIAL):
        return ()
    found = [
        Blocker(LAYER_OF_CODE.get(each.code, "route"), fault(each), each.component, each.code)
        for each in reach.blockers
        if each.code not in _CONTRIBUTING
    ]
    return tuple(
        sorted(found, key=lambda each: NETWORK_LAYERS.index(each.layer) if each.layer in NETWORK_LAYERS else 0)
    )


def read_blockers(judged: Judged | None, role: Role, secret: Secret) -> tuple[Blocker, ...]:
    """Return the policy layers that deny GetSecretValue: explicit denies first, in check order."""
    if judged is None or judged.decision.answer is not Answer.NO:
        return ()
    same = secret.account == role.account
    decision = judged.decision
    found = [
        _read_blocker(decision, layer, role, secret)
        for layer, effect in decision.layers.items()
        if effect is Effect.EXPLICIT_DENY or (effect is Effect.IMPLICIT_DENY and _counts(judged, layer, same=same))
    ]
    return tuple(sorted(found, key=lambda each: decision.layers[_layer(each.layer)] is not Effect.EXPLICIT_DENY))


def _called(name: str, role: Role) -> str:
    """Return what a layer is called, with the boundary's own name: one account has many."""
    arn = role.boundary_arn
    return f"{_WORDS[name]} {arn.rsplit('/', 1)[-1]}" if name == "permissions_boundary" and arn else _WORDS[name]


def _layer(name: str) -> Layer:
    return next(layer for layer, each in _NAMES.items() if each == name.removeprefix("kms:"))


def _counts(judged: Judged, layer: Layer, *, same: bool) -> bool:
    """Tell whether a layer's implicit deny stands in the way: in one account, an Allow on one side is enough."""
    if layer is Layer.RESOURCE:
        return judged.lacks_grant and not same
    return judged.lacks_grant if layer is Layer.PRINCIPAL else True


def _read_blocker(decision: Decision, layer: Layer, role: Role, secret: Secret) -> Blocker:
    name = _NAMES[layer]
    resource = secret.arn if layer is Layer.RESOURCE else role.boundary_arn or role.arn
    if layer is not Layer.PERMISSIONS_BOUNDARY and layer is not Layer.RESOURCE:
        resource = role.arn
    if decision.layers[layer] is Effect.EXPLICIT_DENY:
        return Blocker(
            name,
            f"{_called(name, role)} denies secretsmanager:GetSecretValue{_where(decision, layer)}",
            resource,
            "deny",
        )
    if layer is Layer.PRINCIPAL:
        near = _suffix_miss(decision, role, secret)
        if near is not None:
            text = f"role {role.name} names the secret as {near}, without its six-character suffix"
            return Blocker(name, text, resource, "suffix")
        text = f"role {role.name} does not allow secretsmanager:GetSecretValue on {secret.name}"
        return Blocker(name, text + _hint(decision, layer), resource)
    return Blocker(
        name, f"{_called(name, role)} does not allow secretsmanager:GetSecretValue{_hint(decision, layer)}", resource
    )


def _where(decision: Decision, layer: Layer) -> str:
    for each in decision.because:
        if each.layer is layer and each.effect == "Deny":
            return f" ({each.policy}, {f'Sid {each.sid}' if each.sid else f'statement {each.statement + 1}'})"
    return ""


def _hint(decision: Decision, layer: Layer) -> str:
    """Return which condition stands in the way, when an Allow is there and only its condition fails."""
    near = nearest(decision, layer)
    if near is None or not near.element.startswith("Condition"):
        return ""
    key = near.element.split()[1]
    return f": its condition on {key} wants {near.wanted}, not {near.actual or 'a missing value'}"


def nearest(decision: Decision, layer: Layer) -> NearMiss | None:
    """Return the closest near miss of a layer."""
    return next((each for each in decision.near_misses if each.layer is layer), None)


def _suffix_miss(decision: Decision, role: Role, secret: Secret) -> str | None:
    """Return the resource of an Allow that names the secret without its suffix, or with another one's."""
    for near in decision.near_misses:
        statement = _statement(role, near) if near.layer is Layer.PRINCIPAL and near.element == "Resource" else None
        for resource in statement.resources or () if statement else ():
            if lacks_suffix(resource, secret.arn):
                return resource
    return None


def _statement(role: Role, near: NearMiss) -> Statement | None:
    for policy in role.identity:
        if isinstance(policy, Policy) and policy.name == near.policy:
            return next((each for each in policy.statements if each.index == near.statement), None)
    return None


def decrypt_blockers(decrypted: Decrypted | None, role: Role, secret: Secret) -> tuple[Blocker, ...]:
    """Return what stops the decrypt, as the design orders it: denies, limits, key policy, missing permission."""
    if decrypted is None:
        return ()
    if decrypted.default_key_abroad:
        text = f"{secret.name} is encrypted with aws/secretsmanager, which never serves another account"
        return (Blocker("key_policy", text, secret.arn, "default-key"),)
    if decrypted.judged is None or decrypted.judged.decision.answer is not Answer.NO:
        return ()
    decision = decrypted.judged.decision
    key = decrypted.key if isinstance(decrypted.key, Key) else None
    denies = [layer for layer, effect in decision.layers.items() if effect is Effect.EXPLICIT_DENY]
    limits = [
        layer
        for layer, effect in decision.layers.items()
        if effect is Effect.IMPLICIT_DENY and layer not in (Layer.RESOURCE, Layer.PRINCIPAL)
    ]
    found = [_kms_limit(decision, layer, role, key) for layer in (*denies, *limits)]
    return (*found, *(_kms_allows(decision, role, key, secret) if decrypted.judged.lacks_grant and key else ()))


def _kms_limit(decision: Decision, layer: Layer, role: Role, key: Key | None) -> Blocker:
    name = _NAMES[layer]
    denies = decision.layers[layer] is Effect.EXPLICIT_DENY
    verb = f"denies kms:Decrypt{_where(decision, layer)}" if denies else "does not allow kms:Decrypt"
    if layer is Layer.RESOURCE:
        return Blocker("key_policy", f"the key policy {verb}", key.arn if key else role.arn, "deny")
    resource = role.boundary_arn if layer is Layer.PERMISSIONS_BOUNDARY and role.boundary_arn else role.arn
    return Blocker(f"kms:{name}", f"{_called(name, role)} {verb}", resource, "deny" if denies else None)


def _kms_allows(decision: Decision, role: Role, key: Key, secret: Secret) -> Iterator[Blocker]:
    """Yield the sides on which an Allow is missing: the key policy's, unless it delegates, and the role's."""
    own = decision.layers.get(Layer.RESOURCE) is Effect.ALLOW
    same = key.account == role.account
    if not own and (decision.delegates is False or not same):
        via = _via_service(decision, Layer.RESOURCE)
        text = (
            f"the key policy of {key.id} does not let role {role.name} decrypt "
            f"through Secrets Manager in {secret.region}{via or ''}"
        )
        yield Blocker("key_policy", text, key.arn, "via-service" if via else None)
        if same:
            return
    if decision.layers.get(Layer.PRINCIPAL) is not Effect.ALLOW:
        via = _via_service(decision, Layer.PRINCIPAL)
        if via:
            yield Blocker("kms_permission", f"role {role.name} allows kms:Decrypt only{via}", role.arn, "via-service")
        else:
            text = f"role {role.name} does not allow kms:Decrypt on key {key.id}{_hint(decision, Layer.PRINCIPAL)}"
            yield Blocker("kms_permission", text, role.arn)


def _via_service(decision: Decision, layer: Layer) -> str | None:
    """Return which service an Allow wants the call to come through, when that alone is what fails."""
    near = nearest(decision, layer)
    if near is None or not near.element.lower().startswith("condition kms:viaservice"):
        return None
    return f" via {near.wanted}"


def key_state_blocker(decrypted: Decrypted | None) -> tuple[Blocker, ...]:
    """Return the key's own fault: disabled, pending deletion, without material.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
    """
    key = decrypted.key if decrypted else None
    if not isinstance(key, Key) or key.state in ("Enabled", "Updating"):
        return ()
    return (Blocker("key_state", f"key {key.id} is {_spaced(key.state)}", key.arn, key.state),)


def _spaced(state: str) -> str:
    return {"PendingDeletion": "pending deletion", "PendingImport": "without key material"}.get(state, state.lower())


def secret_blocker(fact: SecretFact, text: str, region: str) -> tuple[Blocker, ...]:
    """Return the secret's own fault: absent, planned for deletion, without a value."""
    if isinstance(fact, Absent):
        return (Blocker("secret_state", f"no secret {text} in {region}", text, "absent"),)
    if isinstance(fact, Unknown):
        return ()
    if fact.deleted is not None:
        return (Blocker("secret_state", f"{fact.name} is scheduled for deletion", fact.arn, "pending-deletion"),)
    if fact.current is None:
        return (
            Blocker("secret_state", f"{fact.name} has no value: no version carries AWSCURRENT", fact.arn, "no-value"),
        )
    return ()


def function_blockers(function: Function, role: object) -> tuple[Blocker, ...]:
    """Return what keeps Lambda from running the version at all."""
    found = []
    ready = function.readiness
    if not isinstance(ready, Unknown) and ready.state in _NOT_INVOCABLE:
        reason = f" ({ready.reason})" if ready.reason else ""
        found.append(Blocker("function_state", f"the function is {ready.state}{reason}", function.arn, ready.reason))
    if isinstance(role, Role) and isinstance(role.trust, Policy) and not _trusts_lambda(role.trust):
        text = f"the trust policy of role {role.name} does not let Lambda assume it"
        found.append(Blocker("role_trust", text, role.arn))
    return tuple(found)


def _trusts_lambda(trust: Policy) -> bool:
    """Tell whether Lambda may assume the role; a condition on an Allow is taken to hold, one on a Deny not to.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    """
    statements = [each for each in trust.statements if _names_lambda(each) and _assumes(each)]
    denied = any(each.effect == "Deny" and not each.conditions for each in statements)
    return not denied and any(each.effect == "Allow" for each in statements)


def _names_lambda(statement: Statement) -> bool:
    names = statement.principals or ()
    return any(each.value == "*" or (each.type == "Service" and each.value.startswith("lambda.")) for each in names)


def _assumes(statement: Statement) -> bool:
    return any(action.lower() in ("*", "sts:*", "sts:assume*", "sts:assumerole") for action in statement.actions or ())
