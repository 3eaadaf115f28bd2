"""One subnet of the function with everything that surrounds it."""

from __future__ import annotations

from dataclasses import dataclass

from smsl.model.network import IpNetwork, Network, NetworkAcl, RouteTable, Subnet, Vpc
from smsl.model.reach import Flow
from smsl.model.unknown import Maybe, Unknown
from smsl.net.boxes import Region, box
from smsl.net.filters import acl_of, group_of
from smsl.net.routes import table_of
from smsl.net.unread import not_read


@dataclass(frozen=True, slots=True)
class Site:
    """Where packets start: the subnet, its VPC, its filters and its routes."""

    network: Network
    flow: Flow
    subnet: Subnet
    vpc: Vpc
    acl: NetworkAcl
    table: RouteTable

    def blocks(self, version: int) -> tuple[IpNetwork, ...]:
        """Return the subnet's CIDR blocks of a family."""
        if version == 4:
            return () if self.subnet.ipv4 is None else (self.subnet.ipv4,)
        return self.subnet.ipv6

    def clients(self, version: int) -> Region:
        """Return every client address x source port that Lambda may use here."""
        return tuple(box(block, self.flow.source_ports) for block in self.blocks(version))

    def ids(self, **more: str) -> dict[str, str]:
        """Return the ids that most fixes need."""
        return {
            "subnet": self.subnet.id,
            "vpc": self.vpc.id,
            "port": str(self.flow.port),
            "region": self.flow.target_region,
            "service": f"com.amazonaws.{self.flow.target_region}.{self.flow.service}",
            "fn_cidr": ",".join(map(str, (*self.blocks(4), *self.blocks(6)))),
            "fn_sg": ",".join(self.flow.security_groups),
            **more,
        }


def subnet_of(network: Network, name: str) -> Maybe[Subnet]:
    """Return a subnet."""
    subnets = network.subnets
    if isinstance(subnets, Unknown):
        return subnets
    return subnets.get(name) or not_read("subnet", name, "ec2:DescribeSubnets")


def place(network: Network, flow: Flow, name: str) -> Maybe[Site]:
    """Return the surroundings of one of the function's subnets, or what of them is missing.

    The VPC is the subnet's: the one in a function's ``VpcConfig`` is not asked.
    """
    subnet = subnet_of(network, name)
    if isinstance(subnet, Unknown):
        return subnet
    vpc = vpc_of(network, subnet.vpc)
    acl, table = acl_of(network, name), table_of(network, name, subnet.vpc)
    for found in (vpc, acl, table, *(group_of(network, group) for group in flow.security_groups)):
        if isinstance(found, Unknown):
            return found
    if isinstance(vpc, Unknown) or isinstance(acl, Unknown) or isinstance(table, Unknown):
        return Unknown("not read")
    if not flow.security_groups:
        return Unknown("the function's security groups are not known", ("lambda:GetFunctionConfiguration",))
    return Site(network, flow, subnet, vpc, acl, table)


def vpc_of(network: Network, name: str) -> Maybe[Vpc]:
    """Return a VPC."""
    vpcs = network.vpcs
    if isinstance(vpcs, Unknown):
        return vpcs
    return vpcs.get(name) or not_read("VPC", name, "ec2:DescribeVpcs")


def zone_known(one: Subnet, other: Subnet) -> bool:
    """Tell whether there is anything to compare the zones of two subnets by."""
    return bool((one.zone_id and other.zone_id) or (one.az and other.az))


def same_zone(one: Subnet, other: Subnet) -> bool:
    """Tell whether two subnets are in one Availability Zone; ids decide, since names differ between accounts."""
    if one.zone_id and other.zone_id:
        return one.zone_id == other.zone_id
    return bool(one.az) and one.az == other.az
