"""VPCs and subnets with their blocks, DHCP options and peerings.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from smsl.model.network import Peering, PrefixList, Subnet, TransitAttachment, Vpc
from smsl.model.standin import unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.cfn.arns import own_id
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.values import as_block, as_flag, as_object, as_objects, as_text, as_texts
from smsl.sources.declared.network_pieces import BlockPiece, DhcpPiece, DhcpUsePiece, NetworkPiece
from smsl.sources.declared.pieces import Piece

_IPAM = "its block is drawn from a pool at deployment"


def vpc(resource: Resource) -> Iterator[Piece]:
    """Yield a VPC."""
    place = resource.stack.place
    block = as_block(resource.get("CidrBlock"), "CidrBlock")
    if isinstance(block, Unknown):
        why = _IPAM if resource.get("CidrBlock") is None else block.reason
        yield BlockPiece(resource.at("CidrBlock"), place.region, own_id(resource), Unknown(why, block.needs))
    made = Vpc(
        own_id(resource),
        place.account,
        () if isinstance(block, Unknown) else (block,),
        dns_support=as_flag(resource.get("EnableDnsSupport"), "EnableDnsSupport", default=True),
        dns_hostnames=as_flag(resource.get("EnableDnsHostnames"), "EnableDnsHostnames", default=False),
    )
    yield NetworkPiece(resource.origin, place.region, made)


def options(resource: Resource) -> Iterator[Piece]:
    """Yield a set of DHCP options; one that names no resolvers leaves a VPC without any."""
    servers = as_texts(resource.get("DomainNameServers"), "DomainNameServers")
    if isinstance(servers, Unknown):
        resource.note(f"the resolvers are not known: {servers.reason}", ".Properties.DomainNameServers")
        servers = (unsettled(servers.reason),)
    yield DhcpPiece(resource.origin, resource.stack.place.region, own_id(resource), servers)


def options_use(resource: Resource) -> Iterator[Piece]:
    """Yield the set of DHCP options that a VPC uses."""
    yield DhcpUsePiece(
        resource.origin,
        resource.stack.place.region,
        as_text(resource.get("DhcpOptionsId"), "DhcpOptionsId"),
        as_text(resource.get("VpcId"), "VpcId"),
    )


def vpc_block(resource: Resource) -> Iterator[Piece]:
    """Yield a further block of a VPC."""
    owner = as_text(resource.get("VpcId"), "VpcId")
    yield from _block(resource, owner, ("CidrBlock", "Ipv6CidrBlock"))


def subnet_block(resource: Resource) -> Iterator[Piece]:
    """Yield a further block of a subnet."""
    owner = as_text(resource.get("SubnetId"), "SubnetId")
    yield from _block(resource, owner, ("Ipv6CidrBlock",))


def _block(resource: Resource, owner: str, names: tuple[str, ...]) -> Iterator[Piece]:
    given = next((name for name in names if resource.get(name) is not None), None)
    found = Unknown(_IPAM) if given is None else as_block(resource.get(given), given)
    yield BlockPiece(resource.origin, resource.stack.place.region, owner, found)


def subnet(resource: Resource) -> Iterator[Piece]:
    """Yield a subnet."""
    place = resource.stack.place
    ipv4 = None if resource.get("CidrBlock") is None else as_block(resource.get("CidrBlock"), "CidrBlock")
    ipv6 = None if resource.get("Ipv6CidrBlock") is None else as_block(resource.get("Ipv6CidrBlock"), "Ipv6CidrBlock")
    drawn_block = resource.get("Ipv4IpamPoolId") is not None or resource.get("Ipv6IpamPoolId") is not None
    if isinstance(ipv4, Unknown):
        yield BlockPiece(resource.at("CidrBlock"), place.region, own_id(resource), ipv4)
    zone, zone_id = resource.get("AvailabilityZone"), resource.get("AvailabilityZoneId")
    made = Subnet(
        own_id(resource),
        as_text(resource.get("VpcId"), "VpcId"),
        place.account,
        zone if isinstance(zone, str) else "",
        zone_id if isinstance(zone_id, str) else "",
        ipv4 if isinstance(ipv4, IPv4Network) else None,
        (ipv6,) if isinstance(ipv6, IPv6Network) else (),
        as_flag(resource.get("Ipv6Native"), "Ipv6Native", default=False) is True,
        not isinstance(ipv6, Unknown) and not drawn_block,
    )
    yield NetworkPiece(resource.origin, place.region, made)


def peering(resource: Resource) -> Iterator[Piece]:
    """Yield a peering; one with another account is active only when that account takes it."""
    place = resource.stack.place
    owner, role = resource.get("PeerOwnerId"), resource.get("PeerRoleArn")
    foreign = owner is not None and owner != place.account and role is None
    state: Maybe[str] = Unknown("the other account must accept the peering") if foreign else "active"
    there = resource.get("PeerRegion")
    made = Peering(
        own_id(resource),
        state,
        (as_text(resource.get("VpcId"), "VpcId"), as_text(resource.get("PeerVpcId"), "PeerVpcId")),
        (place.region, place.region if there is None else as_text(there, "PeerRegion")),
    )
    yield NetworkPiece(resource.origin, place.region, made)


def prefix_list(resource: Resource) -> Iterator[Piece]:
    """Yield a prefix list of the customer's."""
    rows = as_objects(resource.get("Entries"), "Entries")
    found = rows if isinstance(rows, Unknown) else [as_block(row.get("Cidr"), "Entries.Cidr") for row in rows]
    name = resource.get("PrefixListName")
    doubt = found if isinstance(found, Unknown) else next((each for each in found if isinstance(each, Unknown)), None)
    blocks = () if isinstance(found, Unknown) else tuple(each for each in found if not isinstance(each, Unknown))
    made = PrefixList(own_id(resource), name if isinstance(name, str) else "", entries=doubt or blocks)
    yield NetworkPiece(resource.origin, resource.stack.place.region, made)


def transit_attachment(resource: Resource) -> Iterator[Piece]:
    """Yield a VPC's attachment to a transit gateway."""
    subnets = as_texts(resource.get("SubnetIds"), "SubnetIds")
    options = as_object(resource.get("Options"), "Options")
    appliance = None if isinstance(options, Unknown) else options.get("ApplianceModeSupport")
    if isinstance(subnets, Unknown):
        resource.note(f"the subnets of the attachment are not known: {subnets.reason}", ".Properties.SubnetIds")
    made = TransitAttachment(
        own_id(resource),
        as_text(resource.get("TransitGatewayId"), "TransitGatewayId"),
        as_text(resource.get("VpcId"), "VpcId"),
        "available",
        () if isinstance(subnets, Unknown) else subnets,
        appliance == "enable",
    )
    yield NetworkPiece(resource.origin, resource.stack.place.region, made)
