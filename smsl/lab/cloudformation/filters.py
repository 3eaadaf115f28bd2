"""EC2's resource types for security groups and network ACLs.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smsl.lab.cloudformation.kind import Call, Kind, Made, Refused, Wanted, names
from smsl.lab.cloudformation.network import tagged

_PEERS = {
    # property: the API's list of such peers, and the member that holds one
    "CidrIp": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
    "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
    "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}
_RULE = names("IpProtocol FromPort ToPort Description") | frozenset(_PEERS)
_ALL = ("0.0.0.0/0", "::/0")
_DIRECTIONS = {"SecurityGroupIngress": "Ingress", "SecurityGroupEgress": "Egress"}


def _permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Write a rule as the API does.

    Raises:
        Refused: It has a member that it cannot have, or not one peer.
    """
    own = {name: value for name, value in rule.items() if name != "SourceSecurityGroupOwnerId"}
    if unknown := sorted(set(own) - _RULE):
        raise Refused(f"#: extraneous key [{unknown[0]}] is not permitted")
    peers = [name for name in own if name in _PEERS]
    if len(peers) != 1 or "IpProtocol" not in own:
        raise Refused("#: a rule has an IpProtocol and exactly one peer")
    place, member = _PEERS[peers[0]]
    peer = {member: own[peers[0]]}
    if "Description" in own:
        peer["Description"] = own["Description"]
    if place == "UserIdGroupPairs" and "SourceSecurityGroupOwnerId" in rule:
        peer["UserId"] = rule["SourceSecurityGroupOwnerId"]
    protocol = str(own["IpProtocol"])
    ports: dict[str, Any] = {name: own[name] for name in ("FromPort", "ToPort") if name in own and protocol != "-1"}
    return {"IpProtocol": protocol, **ports, place: [peer]}


def _group(wanted: Wanted) -> Made:
    identifier = str(
        wanted.call(
            "ec2",
            "CreateSecurityGroup",
            GroupName=wanted.name("GroupName", longest=255),
            Description=wanted.properties["GroupDescription"],
            TagSpecifications=tagged(wanted, "security-group"),
            **wanted.only("VpcId"),
        )["GroupId"]
    )
    wanted.began(identifier)
    if wanted.get("SecurityGroupEgress"):
        _close(identifier, wanted.call)
    for given, direction in _DIRECTIONS.items():
        for rule in wanted.get(given) or ():
            permissions = [_permission(rule)]
            wanted.call("ec2", f"AuthorizeSecurityGroup{direction}", GroupId=identifier, IpPermissions=permissions)
    about = {"GroupId": identifier, "Id": identifier}
    return Made(identifier, {**about, **wanted.only("VpcId")})


def _close(group: str, call: Call) -> None:
    """Take away the rules that let everything out, whoever made them.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html;
    that a rule of its own does so too: https://github.com/aws/aws-cdk/issues/22140
    """
    of_group = [{"Name": "group-id", "Values": [group]}]
    for rule in call("ec2", "DescribeSecurityGroupRules", Filters=of_group)["SecurityGroupRules"]:
        anywhere = rule.get("CidrIpv4") in _ALL or rule.get("CidrIpv6") in _ALL
        if rule["IsEgress"] and rule["IpProtocol"] == "-1" and anywhere:
            rules = [rule["SecurityGroupRuleId"]]
            call("ec2", "RevokeSecurityGroupEgress", GroupId=group, SecurityGroupRuleIds=rules)


def _delete_group(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteSecurityGroup", GroupId=made.id)


def _rule(direction: str) -> Any:
    """Return how a rule is made that is a resource of its own."""

    def make(wanted: Wanted) -> Made:
        group = str(wanted.properties["GroupId"])
        rule = {name: value for name, value in wanted.properties.items() if name != "GroupId"}
        if direction == "Egress":
            _close(group, wanted.call)
        answered = wanted.call(
            "ec2", f"AuthorizeSecurityGroup{direction}", GroupId=group, IpPermissions=[_permission(rule)]
        )
        (made,) = answered["SecurityGroupRules"]
        return Made(made["SecurityGroupRuleId"], {"Id": made["SecurityGroupRuleId"]})

    return make


def _revoke(direction: str) -> Any:
    def revoke(made: Made, properties: Mapping[str, Any], call: Call) -> None:
        group, rules = properties["GroupId"], [made.id]
        call("ec2", f"RevokeSecurityGroup{direction}", GroupId=group, SecurityGroupRuleIds=rules)

    return revoke


def _acl(wanted: Wanted) -> Made:
    specification = tagged(wanted, "network-acl")
    acl = wanted.call("ec2", "CreateNetworkAcl", TagSpecifications=specification, **wanted.only("VpcId"))["NetworkAcl"]
    return Made(acl["NetworkAclId"], {"Id": acl["NetworkAclId"]})


def _delete_acl(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteNetworkAcl", NetworkAclId=made.id)


def _entry(wanted: Wanted) -> Made:
    """Make a rule of a network ACL, for incoming traffic unless told otherwise."""
    wanted.call(
        "ec2",
        "CreateNetworkAclEntry",
        Egress=wanted.get("Egress", False),
        **wanted.only(
            "NetworkAclId", "RuleNumber", "Protocol", "RuleAction", "CidrBlock", "Ipv6CidrBlock", "PortRange"
        ),
    )
    made = wanted.name("")
    return Made(made, {"Id": made})


def _delete_entry(_made: Made, properties: Mapping[str, Any], call: Call) -> None:
    named = {name: properties[name] for name in ("NetworkAclId", "RuleNumber")}
    call("ec2", "DeleteNetworkAclEntry", **named, Egress=properties.get("Egress", False))


def _acl_association(wanted: Wanted) -> Made:
    """Give a subnet an ACL in place of the one that it has."""
    subnet = str(wanted.properties["SubnetId"])
    made = _replace(subnet, str(wanted.properties["NetworkAclId"]), wanted.call)
    return Made(made, {"AssociationId": made})


def _replace(subnet: str, acl: str, call: Call) -> str:
    of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
    acls = call("ec2", "DescribeNetworkAcls", Filters=of_subnet)["NetworkAcls"]
    (present,) = [
        each["NetworkAclAssociationId"] for row in acls for each in row["Associations"] if each["SubnetId"] == subnet
    ]
    answered = call("ec2", "ReplaceNetworkAclAssociation", AssociationId=present, NetworkAclId=acl)
    return str(answered["NewAssociationId"])


def _restore(_made: Made, properties: Mapping[str, Any], call: Call) -> None:
    """Give the subnet its VPC's default ACL back."""
    subnet = str(properties["SubnetId"])
    (row,) = call("ec2", "DescribeSubnets", SubnetIds=[subnet])["Subnets"]
    default = [{"Name": "vpc-id", "Values": [row["VpcId"]]}, {"Name": "default", "Values": ["true"]}]
    (acl,) = call("ec2", "DescribeNetworkAcls", Filters=default)["NetworkAcls"]
    _replace(subnet, str(acl["NetworkAclId"]), call)


KINDS = (
    Kind(
        "AWS::EC2::SecurityGroup",
        names("GroupDescription GroupName SecurityGroupEgress SecurityGroupIngress Tags VpcId"),
        _group,
        _delete_group,
        required=("GroupDescription",),
    ),
    Kind(
        "AWS::EC2::SecurityGroupIngress",
        names(
            "CidrIp CidrIpv6 Description FromPort GroupId IpProtocol SourcePrefixListId SourceSecurityGroupId"
            " SourceSecurityGroupOwnerId ToPort"
        ),
        _rule("Ingress"),
        _revoke("Ingress"),
        required=("GroupId", "IpProtocol"),
    ),
    Kind(
        "AWS::EC2::SecurityGroupEgress",
        names(
            "CidrIp CidrIpv6 Description DestinationPrefixListId DestinationSecurityGroupId FromPort GroupId IpProtocol"
            " ToPort"
        ),
        _rule("Egress"),
        _revoke("Egress"),
        required=("GroupId", "IpProtocol"),
    ),
    Kind("AWS::EC2::NetworkAcl", names("Tags VpcId"), _acl, _delete_acl, required=("VpcId",)),
    Kind(
        "AWS::EC2::NetworkAclEntry",
        names("CidrBlock Egress Ipv6CidrBlock NetworkAclId PortRange Protocol RuleAction RuleNumber"),
        _entry,
        _delete_entry,
        required=("NetworkAclId", "Protocol", "RuleAction", "RuleNumber"),
    ),
    Kind(
        "AWS::EC2::SubnetNetworkAclAssociation",
        names("NetworkAclId SubnetId"),
        _acl_association,
        _restore,
        required=("NetworkAclId", "SubnetId"),
    ),
)
