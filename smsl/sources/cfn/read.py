"""Templates as pieces: each resource by the function of its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smsl.model.errors import InputError
from smsl.model.unknown import Unknown
from smsl.sources.cfn import functions, keys, roles, secrets
from smsl.sources.cfn.doubt import doubted
from smsl.sources.cfn.places import accounts_in, regions_in, written_in
from smsl.sources.cfn.resources import existence
from smsl.sources.cfn.stack import Reader, Resource
from smsl.sources.cfn.suppressions import suppressions_of
from smsl.sources.cfn.template import TemplateFile, parse
from smsl.sources.cfn.values import WrongTypeError
from smsl.sources.cfn.world import world_of
from smsl.sources.declared.declaration import Declaration, Place
from smsl.sources.declared.pieces import Piece
from smsl.sources.documents.tree import written

__all__ = ["TemplateFile", "read_templates"]
_OF_NETWORKS = ("AWS::EC2::", "AWS::Route53::")

READERS: Mapping[str, Reader] = {
    "AWS::IAM::ManagedPolicy": roles.managed_policy,
    "AWS::IAM::Policy": roles.inline_policy,
    "AWS::IAM::Role": roles.role,
    "AWS::IAM::RolePolicy": roles.role_policy,
    "AWS::KMS::Alias": keys.alias,
    "AWS::KMS::Key": keys.key,
    "AWS::KMS::ReplicaKey": keys.key,
    "AWS::Lambda::Alias": functions.alias,
    "AWS::Lambda::Function": functions.function,
    "AWS::RDS::DBCluster": secrets.database,
    "AWS::RDS::DBInstance": secrets.database,
    "AWS::SecretsManager::ResourcePolicy": secrets.resource_policy,
    "AWS::SecretsManager::RotationSchedule": secrets.rotation,
    "AWS::SecretsManager::Secret": secrets.secret,
}
_NOT_UNDERSTOOD = (
    *("AWS::DocDB::DBCluster", "AWS::Redshift::Cluster", "AWS::RedshiftServerless::Namespace"),  # make secrets too
    *("AWS::EC2::Instance", "AWS::EC2::NetworkInterface"),  # a route may lead to one that passes traffic on
    *(
        "AWS::EC2::TransitGatewayPeeringAttachment",
        "AWS::EC2::TransitGatewayRoute",
        "AWS::EC2::TransitGatewayRouteTable",
    ),
    *("AWS::EC2::TransitGatewayRouteTableAssociation", "AWS::EC2::TransitGatewayRouteTablePropagation"),
    *("AWS::EC2::VPCBlockPublicAccessExclusion", "AWS::EC2::VPCBlockPublicAccessOptions"),
    *("AWS::EC2::VPNGatewayRoutePropagation", "AWS::EC2::SecurityGroupVpcAssociation"),
    *("AWS::IAM::GroupPolicy", "AWS::IAM::User", "AWS::IAM::UserPolicy", "AWS::IAM::Group"),  # who else may read
    *("AWS::NetworkFirewall::Firewall", "AWS::Organizations::Policy"),
    *("AWS::Route53Resolver::FirewallRuleGroupAssociation", "AWS::Route53Resolver::ResolverRule"),
    "AWS::Route53Resolver::ResolverRuleAssociation",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
)
"""Types that may bear on the question; all others are passed over, as no verdict hangs on them."""
_FUNCTION = "AWS::Lambda::Function"


def read_templates(files: Sequence[TemplateFile], place: Place, parameters: Mapping[str, str]) -> Declaration:
    """Return what templates declare together: exports of one are found from another.

    A resource's address is its logical id; where two stacks have the same, the file's stem (a nested stack's path of
    logical ids behind it) and a slash stand before it.

    Args:
        files: One stack each, but for those that another one nests.
        place: Where they go; a file's own account and region count where this has none.
        parameters: By name, for all of them; ``AWS::StackName`` for a file that stands alone.

    Raises:
        InputError: A file is no template, or cannot be read on; names the place, quotes nothing.
    """
    templates = [parse(file) for file in files]
    by_name = {file.name: file for file in files}
    if len(by_name) != len(files):
        raise InputError("The same template is named twice.")
    world = world_of(templates, place, dict(parameters))
    pieces = tuple(piece for stack in world.stacks for each in stack.resources.values() for piece in _pieces(each))
    texts = [written_in(template) for template in templates]
    places = {stack.place for stack in world.stacks}
    return Declaration(
        kind="template",
        place=places.pop() if len(places) == 1 else place,
        pieces=pieces,
        written_accounts=accounts_in(texts),
        written_regions=regions_in(texts),
        left_out=world.left_out,
        unread=world.unread,
        suppressions=suppressions_of(files, world, pieces),
    )


def reader_of(kind: str) -> Reader | None:
    """Return what reads resources of a type; the rooms of networks are loaded only where something of one stands."""
    if not kind.startswith(_OF_NETWORKS):
        return READERS.get(kind)
    from smsl.sources.cfn.networks import READERS as OF_NETWORKS

    return OF_NETWORKS.get(kind)


def _pieces(resource: Resource) -> list[Piece]:
    reader = reader_of(resource.type)
    if reader is None:
        if resource.type in _NOT_UNDERSTOOD or resource.type.endswith("::MODULE"):
            resource.note(f"{resource.type} is not understood")
        return []
    found: list[Piece] = []
    try:
        found.extend(reader(resource))
    except WrongTypeError as error:
        if resource.type == _FUNCTION:
            resource.stack.world.unread[resource.address] = str(error)
        else:
            resource.note(f"{resource.type}: {error}")
    exists = existence(resource.stack, resource.members)
    if isinstance(exists, Unknown):
        resource.note(f"it is taken to exist: {exists.reason}")
        if not _is_whole_role(resource) and not _goes_with_functions(resource):
            return [doubted(piece, exists, apart=resource.type != "AWS::IAM::ManagedPolicy") for piece in found]
    return found


def _is_whole_role(resource: Resource) -> bool:
    """Tell whether a resource is a role that no other one may stand for: where it is made, its policies are."""
    if resource.type != "AWS::IAM::Role":
        return False
    name = resource.get("RoleName")
    return name is None or all(
        each is resource or each.get("RoleName") != name for each in resource.stack.of_type("AWS::IAM::Role")
    )


def _goes_with_functions(resource: Resource) -> bool:
    """Tell whether every function of the stack has the resource's condition: where one is judged, it holds."""
    functions = resource.stack.of_type("AWS::Lambda::Function")
    own = written(resource.members["Condition"][1])
    return bool(functions) and all(
        "Condition" in each.members and written(each.members["Condition"][1]) == own for each in functions
    )
