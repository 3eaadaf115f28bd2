"""Apply a step to a Snapshot, as AWS would apply it to the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from smsl.model.arn import partition_of
from smsl.model.finding import Move, Step
from smsl.model.policy import Grant, Policy, parse_policy
from smsl.model.snapshot import Function, Key, Role, Rotation, Secret, SecretId, SecretVersion, Snapshot
from smsl.model.unknown import Unknown
from smsl.model.variable import EnvironmentVariable, Reference


def apply(snapshot: Snapshot, step: Step) -> Snapshot:
    """Return the snapshot as it would be read after the step; a step that only looks changes nothing."""
    change = _CHANGES.get(step.operation)
    if change is None and step.service == "ec2":
        from smsl.fixes.apply_network import CHANGES

        change = CHANGES.get(step.operation)
    return snapshot if change is None else change(snapshot, step)


def _roles(snapshot: Snapshot, name: str, change: Callable[[Role], Role]) -> Snapshot:
    roles = {
        arn: change(role) if isinstance(role, Role) and role.name == name else role
        for arn, role in snapshot.roles.items()
    }
    return replace(snapshot, roles=roles)


def _secrets(snapshot: Snapshot, arn: str, change: Callable[[Secret], Secret]) -> Snapshot:
    secrets = {
        key: change(fact) if isinstance(fact, Secret) and fact.arn == arn else fact
        for key, fact in snapshot.secrets.items()
    }
    return replace(snapshot, secrets=secrets)


def _keys(snapshot: Snapshot, arn: str, change: Callable[[Key], Key]) -> Snapshot:
    keys = {
        text: change(key) if isinstance(key, Key) and key.arn == arn else key for text, key in snapshot.keys.items()
    }
    return replace(snapshot, keys=keys)


def _put_role_policy(snapshot: Snapshot, step: Step) -> Snapshot:
    name, document = str(step.parameters["PolicyName"]), step.parameters["PolicyDocument"]

    def change(role: Role) -> Role:
        policy = parse_policy(f'{role.name}, inline "{name}"', document)
        return role if isinstance(role.inline, Unknown) else replace(role, inline=(*role.inline, policy))

    return _roles(snapshot, str(step.parameters["RoleName"]), change)


def _added(policy: Policy, statement: Mapping[str, Any]) -> Policy:
    one = parse_policy(policy.name, {"Version": policy.version, "Statement": [dict(statement)]}).statements[0]
    return replace(policy, statements=(*policy.statements, replace(one, index=len(policy.statements))))


def _trust(snapshot: Snapshot, step: Step) -> Snapshot:
    def change(role: Role) -> Role:
        if step.edit is None or step.edit.add is None or isinstance(role.trust, Unknown):
            return role
        return replace(role, trust=_added(role.trust, step.edit.add))

    return _roles(snapshot, str(step.parameters["RoleName"]), change)


def _boundary(snapshot: Snapshot, step: Step) -> Snapshot:
    def change(role: Role) -> Role:
        fits = role.boundary_arn == step.parameters["PolicyArn"] and isinstance(role.boundary, Policy)
        if not fits or not isinstance(role.boundary, Policy) or step.edit is None or step.edit.add is None:
            return role
        return replace(role, boundary=_added(role.boundary, step.edit.add))

    roles = {arn: change(role) if isinstance(role, Role) else role for arn, role in snapshot.roles.items()}
    return replace(snapshot, roles=roles)


def _secret_policy(snapshot: Snapshot, step: Step) -> Snapshot:
    def change(secret: Secret) -> Secret:
        if step.edit is None or not isinstance(secret.policy, Policy):
            return secret
        kept = tuple(each for each in secret.policy.statements if each.index != step.edit.drop_index)
        return replace(secret, policy=replace(secret.policy, statements=kept) if kept else None)

    return _secrets(snapshot, str(step.parameters["SecretId"]), change)


def _restore(snapshot: Snapshot, step: Step) -> Snapshot:
    return _secrets(snapshot, str(step.parameters["SecretId"]), lambda secret: replace(secret, deleted=None))


def _put_value(snapshot: Snapshot, step: Step) -> Snapshot:
    def change(secret: Secret) -> Secret:
        return replace(secret, versions=(SecretVersion("new", ("AWSCURRENT",)),))

    return _secrets(snapshot, str(step.parameters["SecretId"]), change)


def _state(state: str) -> Callable[[Snapshot, Step], Snapshot]:
    def changed(snapshot: Snapshot, step: Step) -> Snapshot:
        return _keys(snapshot, str(step.parameters["KeyId"]), lambda key: replace(key, state=state))

    return changed


def _create_grant(snapshot: Snapshot, step: Step) -> Snapshot:
    subset = step.parameters["Constraints"]["EncryptionContextSubset"]
    grant = Grant(
        grant_id="new",
        grantee=str(step.parameters["GranteePrincipal"]),
        operations=tuple(step.parameters["Operations"]),
        encryption_context_subset=tuple(subset.items()),
    )

    def change(key: Key) -> Key:
        return key if isinstance(key.grants, Unknown) else replace(key, grants=(*key.grants, grant))

    return _keys(snapshot, str(step.parameters["KeyId"]), change)


def _create_secret(snapshot: Snapshot, step: Step) -> Snapshot:
    """Add a secret with a value, under the key that AWS manages."""
    name, region = str(step.parameters["Name"]), step.region or ""
    account = snapshot.functions[0].account if snapshot.functions else ""
    partition = partition_of(snapshot.functions[0].arn) if snapshot.functions else "aws"
    # The suffix is drawn by AWS.
    arn = f"arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-AbCdEf"
    version = SecretVersion("new", ("AWSCURRENT",))
    new = Secret(arn, name, region, account, None, None, (version,), Rotation(False, None, None, None), None, None, ())
    return replace(snapshot, secrets={**snapshot.secrets, SecretId(region, name): new, SecretId(region, arn): new})


def _moved(function: Function, move: Move) -> Function:
    if isinstance(function.variables, Unknown):
        return function
    if move.part == "take":
        return replace(function, variables=tuple(each for each in function.variables if each.name != move.variable))
    named = Reference(move.secret, "secret-name", certain=True)
    added = EnvironmentVariable(move.reference, named, len(move.secret))
    return replace(function, variables=(*function.variables, added)) if move.part == "name" else function


def _function(snapshot: Snapshot, step: Step) -> Snapshot:
    swap = None if step.edit is None else step.edit.swap
    config = step.parameters.get("VpcConfig", {})

    def change(function: Function) -> Function:
        if step.parameters["FunctionName"] not in (function.name, function.arn) or function.region != step.region:
            return function
        if swap is not None:
            layers = tuple(swap[1] if layer == swap[0] else layer for layer in function.layers)
            function = replace(function, layers=layers)
        if step.move is not None:
            function = _moved(function, step.move)
        return replace(function, ipv6_allowed=bool(config.get("Ipv6AllowedForDualStack", function.ipv6_allowed)))

    return replace(snapshot, functions=tuple(change(function) for function in snapshot.functions))


_CHANGES: Mapping[str, Callable[[Snapshot, Step], Snapshot]] = {
    "PutRolePolicy": _put_role_policy,
    "UpdateAssumeRolePolicy": _trust,
    "CreatePolicyVersion": _boundary,
    "PutResourcePolicy": _secret_policy,
    "DeleteResourcePolicy": _secret_policy,
    "RestoreSecret": _restore,
    "PutSecretValue": _put_value,
    "CreateSecret": _create_secret,
    "EnableKey": _state("Enabled"),
    "CancelKeyDeletion": _state("Disabled"),
    "CreateGrant": _create_grant,
    "UpdateFunctionConfiguration": _function,
}
