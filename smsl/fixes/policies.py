"""Steps that mend a policy, a key or a secret."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smsl.model.decision import Decision, Effect, Layer
from smsl.model.evidence import Access, Blocker, ExtensionUse
from smsl.model.finding import Edit, Step
from smsl.model.policy import Policy
from smsl.model.snapshot import Function, Key, Role, Secret, Snapshot


@dataclass(frozen=True, slots=True)
class Candidate:
    """Steps that might remove one blocker."""

    summary: str
    steps: tuple[Step, ...]
    undo: tuple[Step, ...] = ()
    no_undo: str = ""
    notes: tuple[str, ...] = ()


def _policy_name(secret: Secret, what: str) -> str:
    """Return a name for a new inline policy: the secret's, and a stamp of its ARN, so that no two secrets share it."""
    from hashlib import sha256

    stamp = sha256(secret.arn.encode()).hexdigest()[:6]
    readable = re.sub(r"[^A-Za-z0-9_+=,.@-]", "-", secret.name)[:100]
    return f"smsl-{what}-{readable}-{stamp}"


def grant_identity(role: Role, secret: Secret, action: str, resource: str, via: str | None) -> Candidate:
    """Add one inline policy that grants exactly one action on one resource; nothing that stands is replaced."""
    statement: dict[str, object] = {"Effect": "Allow", "Action": action, "Resource": resource}
    if via is not None:
        statement["Condition"] = {"StringEquals": {"kms:ViaService": via}}
    name = _policy_name(secret, "decrypt" if via else "read")
    document = {"Version": "2012-10-17", "Statement": [statement]}
    where = {"RoleName": role.name, "PolicyName": name}
    return Candidate(
        "adds one inline policy to the role, replaces nothing",
        (Step("iam", "PutRolePolicy", {**where, "PolicyDocument": document}),),
        (Step("iam", "DeleteRolePolicy", where),),
        notes=_owner(role),
    )


def _owner(role: Role) -> tuple[str, ...]:
    stack = role.tags.get("aws:cloudformation:stack-name")
    if stack:
        return (f"Role {role.name} is managed by stack {stack}: change it there too, or it reverts.",)
    if role.tags.get("managed-by", "").lower() == "terraform" or "terraform" in role.tags:
        return (f"Role {role.name} is managed by Terraform: change it there (--fix-as terraform), or it reverts.",)
    return ()


def via_service(secret: Secret) -> str:
    """Return the value of kms:ViaService for the secret's region."""
    suffix = "amazonaws.com.cn" if secret.arn.startswith("arn:aws-cn:") else "amazonaws.com"
    return f"secretsmanager.{secret.region}.{suffix}"


def suffix_pattern(secret: Secret) -> str:
    """Return the secret's ARN with its suffix as wildcards, which survives a re-creation under the same name."""
    return secret.arn[:-6] + "??????"


def create_grant(role: Role, secret: Secret, key: Key) -> Candidate:
    """Add one KMS grant for this secret alone: the key policy stays as it is.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """
    name = re.sub(r"[^a-zA-Z0-9:/_-]", "-", f"smsl-{role.name}-{secret.name}")[:256]
    parameters = {
        "KeyId": key.arn,
        "GranteePrincipal": role.arn,
        "Operations": ["Decrypt"],
        "Constraints": {"EncryptionContextSubset": {"SecretARN": secret.arn}},
        "Name": name,
    }
    find = Step(
        "kms",
        "ListGrants",
        {"KeyId": key.arn},
        key.region,
        bind="GRANT",
        query=f"Grants[?Name=='{name}'].GrantId | [0]",
    )
    return Candidate(
        "adds one grant on the key, for this role and this secret alone; the key policy stays as it is",
        (Step("kms", "CreateGrant", parameters, key.region),),
        (find, Step("kms", "RevokeGrant", {"KeyId": key.arn, "GrantId": "$GRANT"}, key.region)),
        notes=("Who runs it needs kms:CreateGrant. For good, let the key policy allow the role, or delegate to IAM.",),
    )


def enable_key(key: Key) -> Candidate:
    """Enable a disabled key, or take back its planned deletion.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html
    """
    enable = Step("kms", "EnableKey", {"KeyId": key.arn}, key.region)
    disable = Step("kms", "DisableKey", {"KeyId": key.arn}, key.region)
    note = ("Somebody switched this key off: ask who, and why.",)
    if key.state == "PendingDeletion":
        cancel = Step("kms", "CancelKeyDeletion", {"KeyId": key.arn}, key.region)
        again = Step("kms", "ScheduleKeyDeletion", {"KeyId": key.arn}, key.region)
        return Candidate("takes back the key's planned deletion and enables it", (cancel, enable), (again,), notes=note)
    return Candidate("enables the key", (enable,), (disable,), notes=note)


def restore_secret(secret: Secret) -> Candidate:
    """Take back the planned deletion of a secret.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_restore-secret.html
    """
    where = {"SecretId": secret.arn}
    return Candidate(
        "takes back the secret's planned deletion",
        (Step("secretsmanager", "RestoreSecret", where, secret.region),),
        (Step("secretsmanager", "DeleteSecret", where, secret.region),),
        notes=("The undo plans the deletion anew, 30 days from then.",),
    )


def put_value(secret: Secret) -> Candidate:
    """Give a secret its first value, from standard input: it stands in no history and no process list."""
    step = Step("secretsmanager", "PutSecretValue", {"SecretId": secret.arn}, secret.region, stdin="SecretString")
    return Candidate(
        "gives the secret a value, which is asked for and shown nowhere",
        (step,),
        no_undo="a value cannot be taken back, only replaced",
    )


def drop_deny(secret: Secret, decision: Decision) -> Candidate | None:
    """Take the one statement that denies out of the secret's policy, which is fetched and shown first."""
    denies = [each for each in decision.because if each.layer is Layer.RESOURCE and each.effect == "Deny"]
    if len(denies) != 1:
        return None
    where = {"SecretId": secret.arn}
    count = len(secret.policy.statements) if isinstance(secret.policy, Policy) else 0
    only = count == 1
    edit = Edit(
        service="secretsmanager",
        fetch="GetResourcePolicy",
        fetch_parameters=where,
        fetch_query="ResourcePolicy",
        parameter="" if only else "ResourcePolicy",
        drop_index=denies[0].statement,
        expects=count,
        file=_file("secret", secret.name),
    )
    operation = "DeleteResourcePolicy" if only else "PutResourcePolicy"
    back = {**where, "ResourcePolicy": f"file://{before(edit)}"}
    return Candidate(
        "takes the one statement that denies out of the secret's policy, which is kept and shown first",
        (Step("secretsmanager", operation, where, secret.region, edit=edit),),
        (Step("secretsmanager", "PutResourcePolicy", back, secret.region),),
        notes=("Somebody wrote this deny on purpose: ask before you take it out.",),
    )


def before(edit: Edit) -> str:
    """Return the file that keeps a document as it was before an edit."""
    return f"./smsl-{edit.file}.before.json"


def _file(kind: str, name: str) -> str:
    return f"{kind}-{re.sub(r'[^A-Za-z0-9_.-]', '-', name)}"


def widen_boundary(role: Role, statement: dict[str, object]) -> Candidate | None:
    """Add one statement to the boundary, as a new version of its policy: the old version stays."""
    if role.boundary_arn is None or role.boundary_version is None or ":iam::aws:policy/" in role.boundary_arn:
        return None
    where = {"PolicyArn": role.boundary_arn}
    edit = Edit(
        "iam", "GetPolicyVersion", {**where, "VersionId": role.boundary_version}, "PolicyVersion.Document",
        "PolicyDocument", add=statement, file=_file("boundary", role.boundary_arn.rsplit("/", 1)[-1]),
    )  # fmt: skip
    step = Step("iam", "CreatePolicyVersion", {**where, "SetAsDefault": True}, edit=edit)
    undo = Step("iam", "SetDefaultPolicyVersion", {**where, "VersionId": role.boundary_version})
    return Candidate(
        "adds one statement to the permissions boundary, as a new version of its policy",
        (step,),
        (undo,),
        notes=("The boundary limits other roles too: ask its owner. IAM keeps five versions of a policy at most.",),
    )


def trust_lambda(role: Role) -> Candidate:
    """Add Lambda to the role's trust policy, which is fetched and shown first."""
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    where = {"RoleName": role.name}
    edit = Edit(
        "iam", "GetRole", where, "Role.AssumeRolePolicyDocument", "PolicyDocument", add=statement,
        file=_file("trust", role.name),
    )  # fmt: skip
    return Candidate(
        "adds one statement to the role's trust policy",
        (Step("iam", "UpdateAssumeRolePolicy", where, edit=edit),),
        (Step("iam", "UpdateAssumeRolePolicy", {**where, "PolicyDocument": f"file://{before(edit)}"}),),
        notes=_owner(role),
    )


def swap_layer(function: Function, use: ExtensionUse) -> Candidate | None:
    """Put the right extension layer in the place of the wrong one; the other layers stay."""
    if use.replacement is None or function.version != "$LATEST":
        return None
    where = {"FunctionName": function.name}
    edit = Edit(
        "lambda", "GetFunctionConfiguration", where, "Layers[].Arn", "Layers", swap=(use.layer, use.replacement),
        file=_file("layers", function.name),
    )  # fmt: skip
    step = Step("lambda", "UpdateFunctionConfiguration", where, function.region, edit=edit)
    back = {**where, "Layers": f"file://{before(edit)}"}
    return Candidate(
        "puts the extension layer of the right architecture in place of the wrong one, keeps the other layers",
        (step,),
        (Step("lambda", "UpdateFunctionConfiguration", back, function.region),),
    )


def policy_candidate(snapshot: Snapshot, access: Access, blocker: Blocker) -> Candidate | None:
    """Return the steps that might remove a blocker of a role, a secret or a key; None when none is safe to propose."""
    role, secret = access.role, access.secret
    if not isinstance(role, Role):
        return None
    if blocker.layer == "role_trust":
        return trust_lambda(role) if isinstance(role.trust, Policy) and role.unique_id else None
    if not isinstance(secret, Secret):
        return None
    key = snapshot.keys.get(access.key_arn or "")
    match blocker.layer:
        case "identity_policy" if blocker.code != "deny":
            return grant_identity(role, secret, "secretsmanager:GetSecretValue", suffix_pattern(secret), None)
        case "kms_permission" if isinstance(key, Key):
            return grant_identity(role, secret, "kms:Decrypt", key.arn, via_service(secret))
        case "key_policy" if isinstance(key, Key) and blocker.code not in ("deny", "default-key"):
            return create_grant(role, secret, key)
        case "key_state" if isinstance(key, Key) and key.state in ("Disabled", "PendingDeletion"):
            return enable_key(key)
        case "secret_state" if blocker.code == "pending-deletion":
            return restore_secret(secret)
        case "secret_state" if blocker.code == "no-value":
            return put_value(secret)
        case "resource_policy" if blocker.code == "deny" and access.read is not None:
            return drop_deny(secret, access.read)
        case "permissions_boundary" if blocker.code != "deny" and _only_boundary(access.read):
            return widen_boundary(role, _allow("secretsmanager:GetSecretValue", suffix_pattern(secret)))
        case "kms:permissions_boundary" if blocker.code != "deny" and isinstance(key, Key):
            return widen_boundary(role, _allow("kms:Decrypt", key.arn))
        case _:
            return None


def _allow(action: str, resource: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _only_boundary(decision: Decision | None) -> bool:
    return decision is not None and Effect.EXPLICIT_DENY not in decision.layers.values()
