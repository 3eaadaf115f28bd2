"""What ``Ref`` and ``Fn::GetAtt`` return of a resource, by its type.

Source: the section "Return values" of each type in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from smsl.model.standin import drawn, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.cfn import arns
from smsl.sources.cfn.spoken import spoken
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.values import Value, WrongTypeError, as_text
from smsl.sources.declared.implicit import default_acl, default_group

Getter = Callable[[Resource], Value]


def identity(resource: Resource) -> Value:
    """Return what ``Ref`` returns."""
    made = _IDENTITIES.get(resource.type)
    if made is not None:
        return _told(resource, made, "")
    return drawn(resource.address) if _is_plain(resource) else unsettled(resource.address)


def attribute(resource: Resource, name: str) -> Value:
    """Return what ``Fn::GetAtt`` returns."""
    if resource.type == "AWS::CloudFormation::Stack":
        return _output(resource, name)
    made = _ATTRIBUTES.get(resource.type, {}).get(name)
    if made is not None:
        return _told(resource, made, name)
    address = f"{resource.address}.{spoken(name)}"
    if "Secret" in name or not _is_plain(resource):
        return unsettled(address)
    return drawn(address)


def _is_plain(resource: Resource) -> bool:
    """Tell a type of AWS's own, whose ids AWS draws, from one that runs somebody's code or template."""
    kind = resource.type
    return kind.startswith("AWS::") and not kind.startswith(("AWS::CloudFormation::", "AWS::ServiceCatalog::"))


def _told(resource: Resource, made: Getter, name: str) -> Value:
    try:
        return made(resource)
    except WrongTypeError as error:
        return unsettled(f"{resource.address}{'.' if name else ''}{name}, whose {error}")


def _output(resource: Resource, name: str) -> Value:
    """Return an output of a nested stack whose template is read too."""
    child = resource.stack.children.get(resource.logical)
    head, _, output = name.partition(".")
    if child is None or head != "Outputs":
        return unsettled(f"{resource.address}.{spoken(name)}")
    from smsl.sources.cfn.template import entries

    found = child.template.entries("Outputs").get(output)
    value = entries(found[1], child.budget).get("Value") if found else None
    return unsettled(f"{resource.address}.{spoken(name)}") if value is None else child.resolve(value[1])


def _member(name: str, default: str | None = None) -> Getter:
    def get(resource: Resource) -> Value:
        found = resource.get(name)
        if found is None:
            return drawn(f"{resource.address}.{name}") if default is None else default
        return found

    return get


def _attached_secret(resource: Resource) -> Value:
    return as_text(resource.get("SecretId"), "SecretId")


def _not_listed(what: str) -> Getter:
    def get(resource: Resource) -> Value:
        return Unknown(f"{what} of {resource.address} is drawn at deployment")

    return get


def _group(resource: Resource) -> Value:
    """Return a group's id; without a VPC, ``Ref`` is its name, which only EC2-Classic had."""
    return arns.own_id(resource)


def _vpc_of_subnet(resource: Resource) -> Value:
    return as_text(resource.get("VpcId"), "VpcId")


_IDENTITIES: Mapping[str, Getter] = {
    "AWS::IAM::ManagedPolicy": arns.policy_arn,
    "AWS::IAM::Policy": _member("PolicyName"),
    "AWS::IAM::Role": arns.role_name,
    "AWS::KMS::Alias": arns.alias_name,
    "AWS::KMS::Key": arns.key_id,
    "AWS::KMS::ReplicaKey": arns.key_id,
    "AWS::Lambda::Alias": arns.alias_arn,
    "AWS::Lambda::Function": arns.function_name,
    "AWS::Lambda::LayerVersion": arns.layer_arn,
    "AWS::Lambda::Version": arns.version_arn,
    "AWS::SSM::Parameter": _member("Name"),
    "AWS::SecretsManager::ResourcePolicy": _attached_secret,
    "AWS::SecretsManager::RotationSchedule": _attached_secret,
    "AWS::SecretsManager::Secret": arns.secret_arn,
    "AWS::SecretsManager::SecretTargetAttachment": _attached_secret,
}
"""Types whose ``Ref`` is not an id that AWS draws."""

_ATTRIBUTES: Mapping[str, Mapping[str, Getter]] = {
    "AWS::EC2::NatGateway": {"NatGatewayId": arns.own_id},
    "AWS::EC2::InternetGateway": {"InternetGatewayId": arns.own_id},
    "AWS::EC2::EgressOnlyInternetGateway": {"Id": arns.own_id},
    "AWS::EC2::NetworkAcl": {"Id": arns.own_id},
    "AWS::EC2::PrefixList": {"PrefixListId": arns.own_id},
    "AWS::EC2::RouteTable": {"RouteTableId": arns.own_id},
    "AWS::EC2::SecurityGroup": {"GroupId": _group, "Id": _group, "VpcId": _vpc_of_subnet},
    "AWS::EC2::Subnet": {
        "AvailabilityZone": _member("AvailabilityZone"),
        "CidrBlock": _member("CidrBlock"),
        "Ipv6CidrBlocks": _not_listed("the IPv6 blocks"),
        "SubnetId": arns.own_id,
        "VpcId": _vpc_of_subnet,
    },
    "AWS::EC2::TransitGateway": {"Id": arns.own_id},
    "AWS::EC2::TransitGatewayAttachment": {"Id": arns.own_id},
    "AWS::EC2::TransitGatewayVpcAttachment": {"Id": arns.own_id},
    "AWS::EC2::VPC": {
        "CidrBlock": _member("CidrBlock"),
        "CidrBlockAssociations": _not_listed("the block associations"),
        "DefaultNetworkAcl": lambda vpc: default_acl(arns.own_id(vpc)),
        "DefaultSecurityGroup": lambda vpc: default_group(arns.own_id(vpc)),
        "Ipv6CidrBlocks": _not_listed("the IPv6 blocks"),
        "VpcId": arns.own_id,
    },
    "AWS::EC2::VPCEndpoint": {
        "DnsEntries": _not_listed("the DNS entries"),
        "Id": arns.own_id,
        "NetworkInterfaceIds": _not_listed("the network interfaces"),
    },
    "AWS::EC2::VPCPeeringConnection": {"Id": arns.own_id},
    "AWS::IAM::ManagedPolicy": {"PolicyArn": arns.policy_arn},
    "AWS::IAM::Role": {"Arn": arns.role_arn},
    "AWS::KMS::Key": {"Arn": arns.key_arn, "KeyId": arns.key_id},
    "AWS::KMS::ReplicaKey": {"Arn": arns.key_arn, "KeyId": arns.key_id},
    "AWS::Lambda::Alias": {"AliasArn": arns.alias_arn},
    "AWS::Lambda::Function": {"Arn": arns.function_arn},
    "AWS::Lambda::LayerVersion": {"LayerVersionArn": arns.layer_arn},
    "AWS::Lambda::Version": {"FunctionArn": arns.version_arn, "Version": arns.own_id},
    "AWS::RDS::DBCluster": {"MasterUserSecret.SecretArn": arns.master_secret_arn},
    "AWS::RDS::DBInstance": {"MasterUserSecret.SecretArn": arns.master_secret_arn},
    "AWS::Route53::HostedZone": {"Id": arns.own_id},
    "AWS::SSM::Parameter": {"Value": _member("Value")},
    "AWS::SecretsManager::Secret": {"Id": arns.secret_arn},
}
