"""EC2's resource types for what holds in a whole VPC or region: DHCP options, and whether the internet is blocked.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smsl.lab.cloudformation.kind import Call, Kind, Made, Refused, Wanted, names

_OPTIONS = {
    # property: the API's key
    "DomainName": "domain-name",
    "DomainNameServers": "domain-name-servers",
    "NtpServers": "ntp-servers",
    "NetbiosNameServers": "netbios-name-servers",
    "NetbiosNodeType": "netbios-node-type",
}
_BLOCK = "VpcBlockPublicAccess"


def _options(wanted: Wanted) -> Made:
    rows = []
    for name, key in _OPTIONS.items():
        if (value := wanted.get(name)) is not None:
            rows.append({"Key": key, "Values": value if isinstance(value, list) else [str(value)]})
    if not rows:
        raise Refused("#: at least one option must be given")
    options = wanted.call("ec2", "CreateDhcpOptions", DhcpConfigurations=rows)["DhcpOptions"]
    identifier = str(options["DhcpOptionsId"])
    wanted.began(identifier)
    wanted.call("ec2", "CreateTags", Resources=[identifier], Tags=wanted.all_tags())  # moto leaves them out before
    return Made(identifier, {"DhcpOptionsId": identifier})


def _delete_options(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteDhcpOptions", DhcpOptionsId=made.id)


def _association(wanted: Wanted) -> Made:
    wanted.call("ec2", "AssociateDhcpOptions", **wanted.properties)
    return Made(f"{wanted.properties['DhcpOptionsId']}|{wanted.properties['VpcId']}")


def _delete_association(_made: Made, properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "AssociateDhcpOptions", DhcpOptionsId="default", VpcId=properties["VpcId"])


def _block(wanted: Wanted) -> Made:
    """Set the mode of the region."""
    wanted.call("ec2", f"Modify{_BLOCK}Options", **wanted.properties)
    return Made(wanted.name(""))


def _unblock(_made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", f"Modify{_BLOCK}Options", InternetGatewayBlockMode="off")


def _exclusion(wanted: Wanted) -> Made:
    answered = wanted.call(
        "ec2",
        f"Create{_BLOCK}Exclusion",
        **wanted.only("InternetGatewayExclusionMode", "SubnetId", "VpcId"),
    )[f"{_BLOCK}Exclusion"]
    return Made(answered["ExclusionId"], {"ExclusionId": answered["ExclusionId"]})


def _delete_exclusion(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", f"Delete{_BLOCK}Exclusion", ExclusionId=made.id)


KINDS = (
    Kind("AWS::EC2::DHCPOptions", frozenset({"Tags", *_OPTIONS}), _options, _delete_options),
    Kind(
        "AWS::EC2::VPCDHCPOptionsAssociation",
        names("DhcpOptionsId VpcId"),
        _association,
        _delete_association,
        required=("DhcpOptionsId", "VpcId"),
    ),
    Kind(
        "AWS::EC2::VPCBlockPublicAccessOptions",
        names("InternetGatewayBlockMode"),
        _block,
        _unblock,
        required=("InternetGatewayBlockMode",),
    ),
    Kind(
        "AWS::EC2::VPCBlockPublicAccessExclusion",
        names("InternetGatewayExclusionMode SubnetId VpcId"),
        _exclusion,
        _delete_exclusion,
        required=("InternetGatewayExclusionMode",),
    ),
)
