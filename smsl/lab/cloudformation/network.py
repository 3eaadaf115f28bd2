"""EC2's resource types for a VPC, its subnets and what joins it to other networks.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smsl.lab.cloudformation.kind import Call, Kind, Made, Refused, Wanted, names


def tagged(wanted: Wanted, kind: str) -> list[dict[str, Any]]:
    """Return the tags as EC2's creating calls take them."""
    return [{"ResourceType": kind, "Tags": wanted.all_tags()}]


def _vpc(wanted: Wanted) -> Made:
    vpc = wanted.call(
        "ec2", "CreateVpc", TagSpecifications=tagged(wanted, "vpc"), **wanted.only("CidrBlock", "InstanceTenancy")
    )["Vpc"]
    identifier = str(vpc["VpcId"])
    wanted.began(identifier)
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):  # one in a call, as the API has it
        if attribute in wanted.properties:
            value = {attribute: {"Value": wanted.properties[attribute]}}
            wanted.call("ec2", "ModifyVpcAttribute", VpcId=identifier, **value)
    of_vpc = [{"Name": "vpc-id", "Values": [identifier]}]
    groups = wanted.call("ec2", "DescribeSecurityGroups", Filters=of_vpc)["SecurityGroups"]
    acls = wanted.call("ec2", "DescribeNetworkAcls", Filters=of_vpc)["NetworkAcls"]
    return Made(
        identifier,
        {
            "VpcId": identifier,
            "CidrBlock": vpc["CidrBlock"],
            "CidrBlockAssociations": [each["AssociationId"] for each in vpc["CidrBlockAssociationSet"]],
            "DefaultSecurityGroup": groups[0]["GroupId"],
            "DefaultNetworkAcl": acls[0]["NetworkAclId"],
            "Ipv6CidrBlocks": lambda: _ipv6_blocks(identifier, wanted.call),
        },
    )


def _ipv6_blocks(vpc: str, call: Call) -> list[str]:
    (row,) = call("ec2", "DescribeVpcs", VpcIds=[vpc])["Vpcs"]
    return [each["Ipv6CidrBlock"] for each in row.get("Ipv6CidrBlockAssociationSet") or ()]


def _delete_vpc(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteVpc", VpcId=made.id)


def _vpc_block(wanted: Wanted) -> Made:
    answered = wanted.call(
        "ec2", "AssociateVpcCidrBlock", **wanted.only("VpcId", "CidrBlock", "AmazonProvidedIpv6CidrBlock")
    )
    block = answered.get("CidrBlockAssociation") or answered["Ipv6CidrBlockAssociation"]
    return Made(block["AssociationId"], {"Id": block["AssociationId"]})


def _delete_vpc_block(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DisassociateVpcCidrBlock", AssociationId=made.id)


def _subnet(wanted: Wanted) -> Made:
    subnet = wanted.call(
        "ec2",
        "CreateSubnet",
        TagSpecifications=tagged(wanted, "subnet"),
        **wanted.only("VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId", "Ipv6CidrBlock"),
    )["Subnet"]
    identifier = str(subnet["SubnetId"])
    wanted.began(identifier)
    for attribute in ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"):
        if attribute in wanted.properties:
            value = {attribute: {"Value": wanted.properties[attribute]}}
            wanted.call("ec2", "ModifySubnetAttribute", SubnetId=identifier, **value)
    of_subnet = [{"Name": "association.subnet-id", "Values": [identifier]}]
    acls = wanted.call("ec2", "DescribeNetworkAcls", Filters=of_subnet)["NetworkAcls"]
    associations = [each for acl in acls for each in acl["Associations"] if each["SubnetId"] == identifier]
    return Made(
        identifier,
        {
            "SubnetId": identifier,
            "VpcId": subnet["VpcId"],
            "CidrBlock": subnet.get("CidrBlock", ""),
            "AvailabilityZone": subnet["AvailabilityZone"],
            "AvailabilityZoneId": subnet.get("AvailabilityZoneId", ""),
            "Ipv6CidrBlocks": [each["Ipv6CidrBlock"] for each in subnet.get("Ipv6CidrBlockAssociationSet") or ()],
            "NetworkAclAssociationId": associations[0]["NetworkAclAssociationId"] if associations else "",
        },
    )


def _delete_subnet(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteSubnet", SubnetId=made.id)


def _subnet_block(wanted: Wanted) -> Made:
    answered = wanted.call("ec2", "AssociateSubnetCidrBlock", **wanted.properties)["Ipv6CidrBlockAssociation"]
    return Made(answered["AssociationId"], {"Id": answered["AssociationId"]})


def _delete_subnet_block(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DisassociateSubnetCidrBlock", AssociationId=made.id)


def _internet_gateway(wanted: Wanted) -> Made:
    specification = tagged(wanted, "internet-gateway")
    gateway = wanted.call("ec2", "CreateInternetGateway", TagSpecifications=specification)["InternetGateway"]
    return Made(gateway["InternetGatewayId"], {"InternetGatewayId": gateway["InternetGatewayId"]})


def _delete_internet_gateway(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteInternetGateway", InternetGatewayId=made.id)


def _attachment(wanted: Wanted) -> Made:
    vpc = str(wanted.properties["VpcId"])
    if "VpnGatewayId" in wanted.properties:
        wanted.call("ec2", "AttachVpnGateway", **wanted.only("VpcId", "VpnGatewayId"))
        return Made(f"VGW|{vpc}", {"AttachmentType": "VGW"})
    wanted.call("ec2", "AttachInternetGateway", **wanted.only("VpcId", "InternetGatewayId"))
    return Made(f"IGW|{vpc}", {"AttachmentType": "IGW"})


def _detach(_made: Made, properties: Mapping[str, Any], call: Call) -> None:
    operation = "DetachVpnGateway" if "VpnGatewayId" in properties else "DetachInternetGateway"
    call("ec2", operation, **properties)


def _egress_only_gateway(wanted: Wanted) -> Made:
    gateway = wanted.call(
        "ec2",
        "CreateEgressOnlyInternetGateway",
        TagSpecifications=tagged(wanted, "egress-only-internet-gateway"),
        **wanted.only("VpcId"),
    )["EgressOnlyInternetGateway"]
    return Made(gateway["EgressOnlyInternetGatewayId"], {"Id": gateway["EgressOnlyInternetGatewayId"]})


def _delete_egress_only_gateway(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteEgressOnlyInternetGateway", EgressOnlyInternetGatewayId=made.id)


def _address(wanted: Wanted) -> Made:
    if str(wanted.get("Domain", "vpc")) != "vpc":
        raise Refused("#/Domain: addresses are for VPCs")
    specification = tagged(wanted, "elastic-ip")
    address = wanted.call("ec2", "AllocateAddress", Domain="vpc", TagSpecifications=specification)
    return Made(address["PublicIp"], {"AllocationId": address["AllocationId"], "PublicIp": address["PublicIp"]})


def _release(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "ReleaseAddress", AllocationId=made.attributes["AllocationId"])


def _nat_gateway(wanted: Wanted) -> Made:
    gateway = wanted.call(
        "ec2",
        "CreateNatGateway",
        TagSpecifications=tagged(wanted, "natgateway"),
        **wanted.only("AllocationId", "ConnectivityType", "SubnetId"),
    )["NatGateway"]
    return Made(gateway["NatGatewayId"], {"NatGatewayId": gateway["NatGatewayId"]})


def _delete_nat_gateway(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteNatGateway", NatGatewayId=made.id)


KINDS = (
    Kind(
        "AWS::EC2::VPC",
        names("CidrBlock EnableDnsHostnames EnableDnsSupport InstanceTenancy Tags"),
        _vpc,
        _delete_vpc,
        required=("CidrBlock",),
    ),
    Kind(
        "AWS::EC2::VPCCidrBlock",
        names("AmazonProvidedIpv6CidrBlock CidrBlock VpcId"),
        _vpc_block,
        _delete_vpc_block,
        required=("VpcId",),
    ),
    Kind(
        "AWS::EC2::Subnet",
        names(
            "AssignIpv6AddressOnCreation AvailabilityZone AvailabilityZoneId CidrBlock Ipv6CidrBlock"
            " MapPublicIpOnLaunch Tags VpcId"
        ),
        _subnet,
        _delete_subnet,
        required=("VpcId",),
    ),
    Kind(
        "AWS::EC2::SubnetCidrBlock",
        names("Ipv6CidrBlock SubnetId"),
        _subnet_block,
        _delete_subnet_block,
        required=("Ipv6CidrBlock", "SubnetId"),
    ),
    Kind("AWS::EC2::InternetGateway", names("Tags"), _internet_gateway, _delete_internet_gateway),
    Kind(
        "AWS::EC2::VPCGatewayAttachment",
        names("InternetGatewayId VpcId VpnGatewayId"),
        _attachment,
        _detach,
        required=("VpcId",),
    ),
    Kind(
        "AWS::EC2::EgressOnlyInternetGateway",
        names("Tags VpcId"),
        _egress_only_gateway,
        _delete_egress_only_gateway,
        required=("VpcId",),
    ),
    Kind("AWS::EC2::EIP", names("Domain Tags"), _address, _release),
    Kind(
        "AWS::EC2::NatGateway",
        names("AllocationId ConnectivityType SubnetId Tags"),
        _nat_gateway,
        _delete_nat_gateway,
        required=("SubnetId",),
    ),
)
