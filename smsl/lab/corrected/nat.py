"""EC2: NAT gateways, with the addresses that AWS gives them, and the regional kind that moto does not have.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
"""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any

from smsl.lab.corrected.document import copied
from smsl.lab.corrected.endpoints import place
from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.errors import failure
from smsl.lab.exchange import Reply, Request

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"
_ZONES = "AvailabilityZoneAddress"


def _placed(request: Request, emulator: Emulator) -> None:
    """Move the interfaces of zonal NAT gateways into their subnets."""
    for nat in emulator.backend("ec2", request.region).nat_gateways.values():
        interface = nat._eni  # noqa: SLF001 - moto has no other way to it
        if nat.subnet_id and ipaddress.ip_address(interface.private_ip_address) not in interface.subnet.cidr:
            place(interface)
            interface.interface_type = "nat_gateway"
            interface.requester_managed = True
            interface.status = "in-use"
            for address in nat.address_set:
                address["privateIp"] = interface.private_ip_address


def _is_regional(request: Request) -> bool:
    return request.parameters.get("AvailabilityMode") == "regional"


def _lend_subnet(request: Request, emulator: Emulator) -> Request | Reply | None:
    """Say what moto must hear: the kind, and a subnet, without which it makes no gateway, for a regional one."""
    fields = [] if request.parameters.get("ConnectivityType") else ["ConnectivityType=public"]
    if _is_regional(request):
        vpc = str(request.parameters.get("VpcId", ""))
        subnets = emulator.backend("ec2", request.region).describe_subnets(filters={"vpc-id": [vpc]})
        if not subnets:
            return failure(request, 400, "InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist")
        fields.append(f"SubnetId={subnets[0].id}")
    return _with_body(request, "&".join([request.message.body.decode(), *fields])) if fields else None


def _with_body(request: Request, text: str) -> Request:
    headers = {**request.message.headers, "content-length": str(len(text))}
    return replace(request, message=replace(request.message, body=text.encode(), headers=headers))


def _created(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    """Take the subnet away again, and give a regional gateway its zones and its route table."""
    backend = emulator.backend("ec2", request.region)
    nat = next(reversed(backend.nat_gateways.values()))
    nat.availability_mode = "regional" if _is_regional(request) else "zonal"
    if _is_regional(request):
        nat._eni.delete()  # noqa: SLF001 - a regional gateway has no interface in a subnet
        nat.subnet_id = None
        nat.address_set[:] = list(_addresses(backend, request))
        nat.auto_provision_zones = "disabled" if nat.address_set else "enabled"
        nat.route_table_id = _table(backend, nat)
    message = replace(request.message, body=f"Action=DescribeNatGateways&NatGatewayId.1={nat.id}".encode())
    described = emulator.answer(replace(request, operation="DescribeNatGateways", message=message))
    return copied(reply, "natGateway", described, "natGatewaySet")


def _addresses(backend: Any, request: Request) -> list[dict[str, str]]:
    """Return the addresses that the request gives to zones, which makes the gateway one in manual mode."""
    found, number = [], 1
    zones = {zone.name: zone.zone_id for zone in backend.describe_availability_zones()}
    while zone := request.parameters.get(f"{_ZONES}.{number}.AvailabilityZone"):
        for allocation in request.numbered(f"{_ZONES}.{number}.AllocationId"):
            (address,) = backend.address_by_allocation([allocation])
            found.append(
                {
                    "allocationId": allocation,
                    "publicIp": address.public_ip,
                    "availabilityZone": str(zone),
                    "availabilityZoneId": zones.get(str(zone), ""),
                    "status": "succeeded",
                }
            )
        number += 1
    return found


def _table(backend: Any, nat: Any) -> str:
    """Make the gateway's own route table, which leads to the VPC's internet gateway."""
    table = backend.create_route_table(nat.vpc_id)
    attached = [each for each in backend.internet_gateways.values() if each.vpc and each.vpc.id == nat.vpc_id]
    if attached:
        backend.create_route(table.id, "0.0.0.0/0", gateway_id=attached[0].id)
    return str(table.id)


ROWS: tuple[Correction, ...] = (
    Correction(
        "nat-addresses",
        "ec2",
        ("DescribeNatGateways", "DescribeNetworkInterfaces"),
        "moto's NAT gateways have an address outside their subnet.",
        f"{_API}API_NatGatewayAddress.html",
        before=_placed,
    ),
    Correction(
        "nat-modes",
        "ec2",
        ("CreateNatGateway",),
        "moto knows no regional NAT gateway, and leaves out what kind and mode a public one has.",
        f"{_API}API_CreateNatGateway.html",
        before=_lend_subnet,
        after=_created,
    ),
)
