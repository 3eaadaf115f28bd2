"""Names and ARNs of what a stack declares.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from smsl.model.standin import SUFFIX, drawn
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.values import as_text


def name_of(resource: Resource, member: str) -> str:
    """Return the name that a resource is given, else what CloudFormation makes of the stack's name and the logical id.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
    """
    given = resource.get(member)
    if given is not None:
        return as_text(given, member)
    return f"{resource.stack.name}-{resource.logical}-{drawn(resource.address)}"


def own_id(resource: Resource) -> str:
    """Return what stands for the id that AWS draws."""
    return drawn(resource.address)


def arn(resource: Resource, service: str, rest: str, *, global_: bool = False) -> str:
    """Return an ARN of the stack's account and region."""
    place = resource.stack.place
    region = "" if global_ else place.region
    return f"arn:{place.partition}:{service}:{region}:{place.account}:{rest}"


def function_name(resource: Resource) -> str:
    """Return a function's name."""
    return name_of(resource, "FunctionName")


def function_arn(resource: Resource) -> str:
    """Return a function's ARN, without a qualifier."""
    return arn(resource, "lambda", f"function:{function_name(resource)}")


def function_of(resource: Resource, member: str = "FunctionName") -> str:
    """Return the ARN of the function that a property names by its name or ARN."""
    text = as_text(resource.get(member), member)
    return text if text.startswith("arn:") else arn(resource, "lambda", f"function:{text}")


def version_arn(resource: Resource) -> str:
    """Return a published version's ARN: its number is drawn."""
    return f"{function_of(resource)}:{own_id(resource)}"


def alias_arn(resource: Resource) -> str:
    """Return the ARN of a function's alias."""
    return f"{function_of(resource)}:{as_text(resource.get('Name'), 'Name')}"


def layer_arn(resource: Resource) -> str:
    """Return a layer version's ARN: its number is drawn."""
    given = resource.get("LayerName")
    name = f"{resource.logical}" if given is None else as_text(given, "LayerName")
    return arn(resource, "lambda", f"layer:{name}:{own_id(resource)}")


def role_name(resource: Resource) -> str:
    """Return a role's name."""
    return name_of(resource, "RoleName")


def role_arn(resource: Resource) -> str:
    """Return a role's ARN."""
    return arn(resource, "iam", f"role{_path(resource)}{role_name(resource)}", global_=True)


def policy_name(resource: Resource) -> str:
    """Return a managed policy's name."""
    return name_of(resource, "ManagedPolicyName")


def policy_arn(resource: Resource) -> str:
    """Return a managed policy's ARN."""
    return arn(resource, "iam", f"policy{_path(resource)}{policy_name(resource)}", global_=True)


def _path(resource: Resource) -> str:
    given = resource.get("Path")
    return "/" if given is None else as_text(given, "Path")


def secret_name(resource: Resource) -> str:
    """Return a secret's name; one that CloudFormation makes does not begin with the stack's."""
    given = resource.get("Name")
    return f"{resource.logical}-{own_id(resource)}" if given is None else as_text(given, "Name")


def secret_arn(resource: Resource) -> str:
    """Return a secret's ARN with what stands for its six characters."""
    return arn(resource, "secretsmanager", f"secret:{secret_name(resource)}{SUFFIX}")


def master_secret_name(resource: Resource) -> str:
    """Return the name of the secret that RDS makes for a database's master user.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    """
    kind = "cluster" if resource.type == "AWS::RDS::DBCluster" else "db"
    return f"rds!{kind}-{own_id(resource)}"


def master_secret_arn(resource: Resource) -> str:
    """Return that secret's ARN."""
    return arn(resource, "secretsmanager", f"secret:{master_secret_name(resource)}{SUFFIX}")


def key_id(resource: Resource) -> str:
    """Return a key's id.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/mrk-how-it-works.html
    """
    several = resource.type == "AWS::KMS::ReplicaKey" or str(resource.get("MultiRegion")).lower() == "true"
    return f"mrk-{own_id(resource)}" if several else own_id(resource)


def key_arn(resource: Resource) -> str:
    """Return a key's ARN."""
    return arn(resource, "kms", f"key/{key_id(resource)}")


def alias_name(resource: Resource) -> str:
    """Return a key's alias, ``alias/NAME``."""
    return as_text(resource.get("AliasName"), "AliasName")
