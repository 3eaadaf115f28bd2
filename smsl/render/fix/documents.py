"""Edits of a document that stands in one argument of an existing block, in Terraform.

The document is fetched by a data source and edited where it stands, so that a statement that nobody mentioned is never
lost; applied again, an edit changes nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smsl.model.finding import Edit, Step
from smsl.render.fix.hcl import Block, Call, Raw, block, comment, label


@dataclass(frozen=True, slots=True)
class _Place:
    """Where Terraform keeps a document: a resource's argument, and the data source that reads it."""

    resource: str
    argument: str
    parameter: str
    """The step's parameter that names it."""
    key: str
    """The data source's argument for it."""
    names: str
    """The resource's own argument that says which it is: with it a second block for the thing is refused by AWS."""
    called: str
    read: str = ""
    """The data source, where it has another name than the resource."""


_PLACES = {
    "UpdateAssumeRolePolicy": _Place("aws_iam_role", "assume_role_policy", "RoleName", "name", "name", "Role"),
    "CreatePolicyVersion": _Place("aws_iam_policy", "policy", "PolicyArn", "arn", "name", "Policy"),
    "PutResourcePolicy": _Place(
        "aws_secretsmanager_secret_policy", "policy", "SecretId", "secret_id", "secret_arn", "The policy of secret"
    ),
    "ModifyVpcEndpoint": _Place(
        "aws_vpc_endpoint_policy",
        "policy",
        "VpcEndpointId",
        "id",
        "vpc_endpoint_id",
        "The policy of endpoint",
        read="aws_vpc_endpoint",
    ),
}

_WHOLE = frozenset({"aws_secretsmanager_secret_policy", "aws_vpc_endpoint_policy"})
"""Resources that hold nothing but the document, so that one may be made for a document that is there already."""


def edited(step: Step, edit: Edit) -> list[str] | None:
    """Return the blocks of an edit; None where Terraform has no way to read the document."""
    if edit.swap is not None and step.operation == "UpdateFunctionConfiguration":
        return _swapped(str(step.parameters["FunctionName"]), *edit.swap)
    if step.operation == "DeleteResourcePolicy":
        return _taken_away(str(step.parameters["SecretId"]))
    place = _PLACES.get(step.operation)
    return None if place is None else _statements(step, edit, place)


def existing(what: str, how: str) -> str:
    """Return the comment above a block that describes something that is there already."""
    return comment(f"{what} is there already: {how} in the block that describes it, and leave the rest of it alone.")


def _statements(step: Step, edit: Edit, place: _Place) -> list[str]:
    named = str(step.parameters[place.parameter])
    name = label(named.rpartition(":")[2])
    document, present, added = (f"{name}_{part}" for part in ("document", "present", "added"))
    read = place.read or place.resource
    local: dict[str, Any] = {
        document: Raw(f"jsondecode(data.{read}.{name}.{place.argument})"),
        present: Raw(f"[for part in flatten([local.{document}.Statement]) : jsonencode(part)]"),
    }
    change = f"set {place.argument}"
    kept, which = f"part in local.{present}", ""
    if edit.add is not None:
        local[added] = Call("jsonencode", dict(edit.add))
        kept = f"part in distinct(concat(local.{present}, [local.{added}]))"
        change = f"add the statement that stands in local.{added} to {place.argument}, or set it as here,"
    elif edit.drop_index is not None:
        # With another number of statements it was taken out before, or somebody changed the document.
        which = f" if length(local.{present}) != {edit.expects} || index != {edit.drop_index}"
        kept = f"index, {kept}"
    parts = f"    Statement = [\n      for {kept} : jsondecode(part){which}\n    ]"
    policy = Raw(f"jsonencode(merge(local.{document}, {{\n{parts}\n  }}))")
    itself = {place.names: named.rpartition("/")[2] if place.names == "name" else named}
    blocks = [
        block("data", read, name, **{place.key: named}),
        block("locals", **local),
        existing(f"{place.called} {named}", change)
        + "\n"
        + block("resource", place.resource, name, **itself, **{place.argument: policy}),
    ]
    if place.resource in _WHOLE:
        blocks.append(_import(place.resource, name, named))
    return blocks


def _import(resource: str, name: str, named: str) -> str:
    """Return how a block that holds nothing but the document comes to be: the others hold more than is known here."""
    return comment("Where no block describes it yet:") + "\n" + block("import", to=Raw(f"{resource}.{name}"), id=named)


def _taken_away(secret: str) -> list[str]:
    name = label(secret.rpartition(":")[2])
    text = (
        f"The policy of secret {secret} holds this one statement: take the block that describes it out. Where none "
        "does, Terraform cannot take it away: use the AWS CLI form of this fix."
    )
    away: dict[str, Any] = {
        "from": Raw(f"aws_secretsmanager_secret_policy.{name}"),
        "lifecycle": Block({"destroy": True}),
    }
    return [f"{comment(text)}\n{block('removed', **away)}"]


def _swapped(function: str, old: str, new: str) -> list[str]:
    name = label(function)
    wrong, right = f"{name}_wrong_layer", f"{name}_right_layer"
    which = f"layer == local.{wrong} ? local.{right} : layer"
    layers = f"[\n    for layer in data.aws_lambda_function.{name}.layers : {which}\n  ]"
    return [
        block("data", "aws_lambda_function", name, function_name=function),
        block("locals", **{wrong: old, right: new}),
        existing(f"Function {function}", f"put local.{right} in the place of local.{wrong}")
        + "\n"
        + block("resource", "aws_lambda_function", name, function_name=function, layers=Raw(layers)),
    ]
