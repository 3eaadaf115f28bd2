"""The VPCs of the sample account: one healthy, and one for each way in which the network can fail."""

from __future__ import annotations

from typing import Any

from smsl.lab.stage import REGION, Place, Stage

_ZONES = (f"{REGION}a", f"{REGION}b")
_ALL = -1
"""IP protocol number for every protocol."""


def open_place(stage: Stage, name: str) -> Place:
    """Make a VPC with an endpoint in both zones that admits its functions."""
    place = private_place(stage, name, 10)
    make_endpoint(stage, place, _endpoint_group(stage, place, name, admits=place.group))
    return place


def pathless_place(stage: Stage, name: str) -> Place:
    """Make a VPC from which nothing leads to Secrets Manager: no endpoint, no NAT gateway."""
    place = private_place(stage, name, 20)
    stage.ec2.authorize_security_group_egress(GroupId=place.group, IpPermissions=[_https(_anywhere())])
    return place


def closed_place(stage: Stage, name: str) -> Place:
    """Make a VPC whose endpoint admits an address range that its functions are not in."""
    place = private_place(stage, name, 30)
    other = {"IpRanges": [{"CidrIp": "10.99.0.0/16", "Description": "former subnets"}]}
    group = _endpoint_group(stage, place, name)
    stage.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[_https(other)])
    make_endpoint(stage, place, group)
    return place


def nameless_place(stage: Stage, name: str) -> Place:
    """Make a VPC whose endpoint has no private DNS name."""
    place = private_place(stage, name, 40)
    make_endpoint(stage, place, _endpoint_group(stage, place, name, admits=place.group), private_dns=False)
    return place


def uneven_place(stage: Stage, name: str) -> Place:
    """Make a VPC with the endpoint in one subnet, and a network ACL on the other that stops HTTPS going out."""
    place = private_place(stage, name, 50)
    make_endpoint(stage, place, _endpoint_group(stage, place, name, admits=place.group), subnets=place.subnets[:1])
    acl = stage.ec2.create_network_acl(VpcId=place.vpc, TagSpecifications=_named("network-acl", f"{name}-b"))
    identifier = acl["NetworkAcl"]["NetworkAclId"]
    rules: tuple[tuple[int, bool, str, dict[str, Any]], ...] = (
        (90, True, "deny", {"Protocol": "6", "PortRange": {"From": 443, "To": 443}}),
        (100, True, "allow", {"Protocol": str(_ALL)}),
        (100, False, "allow", {"Protocol": str(_ALL)}),
    )
    for number, egress, action, what in rules:
        stage.ec2.create_network_acl_entry(
            NetworkAclId=identifier,
            RuleNumber=number,
            Egress=egress,
            RuleAction=action,
            CidrBlock="0.0.0.0/0",
            **what,
        )
    default = stage.ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": [place.subnets[1]]}]
    )["NetworkAcls"][0]
    association = next(each for each in default["Associations"] if each["SubnetId"] == place.subnets[1])
    stage.ec2.replace_network_acl_association(
        AssociationId=association["NetworkAclAssociationId"], NetworkAclId=identifier
    )
    return place


def private_place(stage: Stage, name: str, second_octet: int) -> Place:
    """Make a VPC with a private subnet in each of two zones and a security group without any rule."""
    ec2 = stage.ec2
    vpc = ec2.create_vpc(CidrBlock=f"10.{second_octet}.0.0/16", TagSpecifications=_named("vpc", name))
    identifier = str(vpc["Vpc"]["VpcId"])
    ec2.modify_vpc_attribute(VpcId=identifier, EnableDnsHostnames={"Value": True})
    subnets = tuple(
        str(
            ec2.create_subnet(
                VpcId=identifier,
                CidrBlock=f"10.{second_octet}.{number}.0/24",
                AvailabilityZone=zone,
                TagSpecifications=_named("subnet", f"{name}-{zone[-1]}"),
            )["Subnet"]["SubnetId"]
        )
        for number, zone in enumerate(_ZONES)
    )
    return Place(identifier, subnets, _group(stage, identifier, f"{name}-functions"))


def make_endpoint(
    stage: Stage,
    place: Place,
    group: str,
    private_dns: bool = True,
    subnets: tuple[str, ...] | None = None,
) -> None:
    """Make an interface endpoint for Secrets Manager, which the functions' group may call."""
    stage.ec2.authorize_security_group_egress(
        GroupId=place.group, IpPermissions=[_https({"UserIdGroupPairs": [{"GroupId": group}]})]
    )
    stage.ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=place.vpc,
        ServiceName=f"com.amazonaws.{REGION}.secretsmanager",
        SubnetIds=list(subnets or place.subnets),
        SecurityGroupIds=[group],
        PrivateDnsEnabled=private_dns,
    )


def _endpoint_group(stage: Stage, place: Place, name: str, admits: str = "") -> str:
    group = _group(stage, place.vpc, f"{name}-endpoint")
    if admits:
        stage.ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[_https({"UserIdGroupPairs": [{"GroupId": admits}]})]
        )
    return group


def _group(stage: Stage, vpc: str, name: str) -> str:
    """Make a security group and take away the rule that lets everything out."""
    group = str(stage.ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"])
    everything = {"IpProtocol": str(_ALL), **_anywhere()}
    stage.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[everything])
    return group


def _https(peer: dict[str, Any]) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **peer}


def _anywhere() -> dict[str, Any]:
    return {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def _named(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]
