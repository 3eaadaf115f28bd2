"""A fix as Terraform: blocks to add to a configuration, with every id filled in.

What a fix adds is a resource of its own. What it sets on a thing that is there already is the one argument of the
block that describes the thing, named in a comment: a second block for it would take the rest of it over. What
Terraform cannot do (take a planned deletion back) is the AWS CLI's command, in a comment.

Source: https://github.com/hashicorp/terraform-provider-aws/tree/main/website/docs
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from smsl.model.finding import Fix, Move, Step
from smsl.model.standin import called
from smsl.render.fix import awscli
from smsl.render.fix.documents import edited, existing
from smsl.render.fix.hcl import Block, Call, Raw, block, comment, label
from smsl.render.fix.naming import References, as_is, new_label, references, step_label
from smsl.render.fix.terraform_ec2 import MAKERS, Maker


def render(fix: Fix) -> str:
    """Return the blocks of a fix, without a final line end; empty when it has no steps."""
    if not fix.steps:
        return ""
    regions = dict.fromkeys(step.region for step in fix.steps if step.region)
    where = f", in {', '.join(regions)}" if regions else ""
    known = references(fix.steps)
    blocks = [comment(f"For the AWS provider 6 or later{where}. Read the plan before you apply it.")]
    for step in _together(as_is(fix.steps)):
        blocks += _of_step(step, known)
    return "\n\n".join(dict.fromkeys(blocks))


def _together(steps: Sequence[Step]) -> list[Step]:
    """Return the steps with one for each VPC: the API sets one attribute at a time, a block sets them all."""
    found: list[Step] = []
    for step in steps:
        last = found[-1] if found else None
        same = last is not None and step.operation == last.operation == "ModifyVpcAttribute"
        if last is not None and same and step.parameters["VpcId"] == last.parameters["VpcId"]:
            found[-1] = replace(last, parameters={**last.parameters, **step.parameters})
        else:
            found.append(step)
    return found


def undo(fix: Fix) -> str:
    """Return how a fix is taken back, in words; empty when there is no way back."""
    if not fix.undo or not fix.steps:
        return ""
    return "take out again what you added, set back what you changed, and apply; read the plan first"


def _of_step(step: Step, known: References) -> list[str]:
    if step.edit is not None:
        return edited(step, step.edit) or [_elsewhere(step)]
    if step.move is not None:
        return _moved(step, step.move)
    make = _MAKERS.get((step.service, step.operation))
    found = None if make is None else make(step, known)
    return [_elsewhere(step)] if found is None else found


def _moved(step: Step, move: Move) -> list[str]:
    """Return the blocks for a value that moves: the value itself stays out of them, as they would keep it in a state.

    Source: https://developer.hashicorp.com/terraform/language/manage-sensitive-data
    """
    if move.part == "store":
        made = block("resource", "aws_secretsmanager_secret", step_label(step), name=move.secret)
        store = (
            "Put the value in with the AWS CLI: aws secretsmanager put-secret-value. Terraform's state would keep it."
        )
        return [made, comment(store)]
    name = called(move.function.split(":", 6)[-1])
    if move.part == "take":
        return [existing(f"Function {name}", f"take {move.variable} out of environment.variables")]
    environment = Block({"variables": {move.reference: move.secret}})
    excerpt = block("resource", "aws_lambda_function", new_label(name), environment=environment)
    return [f"{existing(f'Function {name}', f'add {move.reference} to environment.variables')}\n{excerpt}"]


def _elsewhere(step: Step) -> str:
    """Return the AWS CLI's command as a comment; an edit's would be a program, so it is only named."""
    if step.edit is not None:
        return comment(f"Terraform cannot fetch the document of {step.operation}: use the AWS CLI form of this fix.")
    command = awscli.render(Fix("", (replace(step, bind=None, query=None),)))
    lines = (f"#   {line}" for line in command.split("\n"))
    return "\n".join([comment(f"Terraform has nothing for {step.operation}; run:"), *lines])


def _role_policy(step: Step, _: References) -> list[str]:
    given = step.parameters
    policy = Call("jsonencode", given["PolicyDocument"])
    return [
        block(
            "resource", "aws_iam_role_policy", step_label(step), name=given["PolicyName"], role=given["RoleName"],
            policy=policy,
        )
    ]  # fmt: skip


def _grant(step: Step, _: References) -> list[str]:
    given = step.parameters
    subset = given.get("Constraints", {}).get("EncryptionContextSubset")
    constraints = Block({"encryption_context_subset": subset}) if subset else None
    return [
        block(
            "resource", "aws_kms_grant", step_label(step), name=given.get("Name"),
            key_id=given["KeyId"], grantee_principal=given["GranteePrincipal"], operations=given["Operations"],
            constraints=constraints,
        )
    ]  # fmt: skip


def _key_enabled(step: Step, _: References) -> list[str]:
    key = str(step.parameters["KeyId"])
    text = (
        f"Key {key} is there already: set is_enabled in the block that describes it (true is the default), and apply."
    )
    shown = block("resource", "aws_kms_key", label(key.rpartition(":")[2]), is_enabled=True)
    # As a block of its own it would make another key.
    return ["\n".join([comment(text), *(f"#   {line}" for line in shown.split("\n"))])]


def _in_vpc(step: Step, _: References) -> list[str] | None:
    """Return the block of a function that says which subnets and groups it has, and whether it uses IPv6."""
    given = step.parameters
    if given.keys() != {"FunctionName", "VpcConfig"}:
        return None
    names = {
        "SubnetIds": "subnet_ids",
        "SecurityGroupIds": "security_group_ids",
        "Ipv6AllowedForDualStack": "ipv6_allowed_for_dual_stack",
    }
    name, config = str(given["FunctionName"]), {names[key]: value for key, value in given["VpcConfig"].items()}
    made = block("resource", "aws_lambda_function", label(name), function_name=name, vpc_config=Block(config))
    return [f"{existing(f'Function {name}', 'set vpc_config')}\n{made}"]


def _typed(step: Step, _: References) -> list[str]:
    """Return a version of a secret whose value is asked for and kept in no file, plan or state.

    Source: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
    """
    secret = str(step.parameters["SecretId"])
    name = new_label(secret.rpartition(":")[2])
    return [
        comment("Terraform 1.11 or later asks for the value and keeps it in no plan and no state.")
        + "\n"
        + block("variable", name, type=Raw("string"), sensitive=True, ephemeral=True),
        block(
            "resource", "aws_secretsmanager_secret_version", name, secret_id=secret,
            secret_string_wo=Raw(f"var.{name}"), secret_string_wo_version=1,
        ),
    ]  # fmt: skip


_MAKERS: Mapping[tuple[str, str], Maker] = {
    ("iam", "PutRolePolicy"): _role_policy,
    ("kms", "CreateGrant"): _grant,
    ("kms", "EnableKey"): _key_enabled,
    ("lambda", "UpdateFunctionConfiguration"): _in_vpc,
    ("secretsmanager", "PutSecretValue"): _typed,
    **{("ec2", operation): maker for operation, maker in MAKERS.items()},
}
