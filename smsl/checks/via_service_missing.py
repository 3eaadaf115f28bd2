"""The role may use the secret's key beyond Secrets Manager.

The read works. The statement that allows ``kms:Decrypt`` is not tied to ``kms:ViaService``, so the role may also
decrypt with this key by itself, whatever else the key protects.

Fix: add the condition ``kms:ViaService`` = ``secretsmanager.REGION.amazonaws.com`` to the statement, unless the
function also uses the key directly.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.lines import statement_line
from smsl.checks.reading.statements import DECRYPT, speaks_of, speaks_of_everything, wide_decrypts
from smsl.model.decision import Because, Layer
from smsl.model.evidence import Access, Evidence
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.policy import Policy, Statement
from smsl.model.snapshot import Key, Role, Snapshot
from smsl.model.unknown import Answer

RULE = Rule("via-service-missing", Area.KMS, Severity.MEDIUM, "Decrypt is not tied to Secrets Manager", __doc__)
_TIES = ("kms:viaservice", "kms:encryptioncontext", "aws:calledvia", "aws:viaawsservice")


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each statement that lets a role decrypt a secret and more; once for a function."""
    for subject in evidence.subjects:
        said: set[tuple[str, int]] = set()
        for access in subject.accesses:
            for policy, statement in _untied(evidence.snapshot, access):
                if (policy.name, statement.index) in said:
                    continue
                said.add((policy.name, statement.index))
                line = statement_line(policy.name, statement.index, statement.sid)
                yield Finding(
                    RULE,
                    function=access.function.qualified_arn,
                    resource=str(access.key_arn),
                    message=f"{access.function.label} may decrypt with {access.key_arn} beyond Secrets Manager: {line}",
                    because=(f"{line}: has no condition on kms:ViaService",),
                    detail=line,
                    statements=((policy.name, statement.index),),
                )


def _untied(snapshot: Snapshot, access: Access) -> Iterator[tuple[Policy, Statement]]:
    role, decrypt, function = access.role, access.decrypt, access.function
    if decrypt is None or decrypt.answer is not Answer.YES or access.key_arn is None or not isinstance(role, Role):
        return
    if function.environment_key == access.key_arn:
        return  # Lambda decrypts the environment with the same permission
    key = snapshot.keys.get(access.key_arn)
    key_policy = key.policy if isinstance(key, Key) else None
    policies = [each for each in (*role.identity, role.boundary, key_policy) if isinstance(each, Policy)]
    if any(_denies_otherwise(statement) for policy in policies for statement in policy.statements):
        return
    wide = [statement for _, statement in wide_decrypts(role)]
    for each in decrypt.because:
        found = _find(each, role, key_policy)
        if found is None or _is_tied(found[1]) or speaks_of_everything(found[1]) or found[1] in wide:
            continue  # decrypt-wildcard or read-wildcard has said it
        yield found


def _find(because: Because, role: Role, key_policy: object) -> tuple[Policy, Statement] | None:
    """Return the Allow that speaks of the role itself: the key policy's word for the whole account is no grant."""
    if because.effect != "Allow":
        return None
    if because.layer is Layer.PRINCIPAL:
        places: tuple[object, ...] = role.identity
    elif because.layer is Layer.RESOURCE:
        places = (key_policy,)
    else:
        return None
    for policy in places:
        if not isinstance(policy, Policy) or policy.name != because.policy:
            continue
        for statement in policy.statements:
            named = any(each.value == role.arn for each in statement.principals or ())
            if statement.index == because.statement and (because.layer is Layer.PRINCIPAL or named):
                return policy, statement
    return None


def _is_tied(statement: Statement) -> bool:
    return any(condition.key.lower().startswith(_TIES) for condition in statement.conditions)


def _denies_otherwise(statement: Statement) -> bool:
    return statement.effect == "Deny" and speaks_of(statement, DECRYPT) and _is_tied(statement)
