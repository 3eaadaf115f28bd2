"""EC2: interface endpoints with the network interfaces, groups and names that AWS gives them.

Source of every shape: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html
"""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any

from smsl.lab.corrected.document import answer_of, copied, filters_of
from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.errors import failure
from smsl.lab.exchange import Reply, Request

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"
_PRIVATELINK = "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html"


def _refuse_private_dns(request: Request, emulator: Emulator) -> Reply | None:
    """Refuse private DNS where AWS does: in a VPC without both DNS attributes, and twice for one service."""
    backend = emulator.backend("ec2", request.region)
    fields = request.parameters
    if request.operation == "ModifyVpcEndpoint":
        endpoint = backend.vpc_end_points.get(fields.get("VpcEndpointId"))
        wanted = fields.get("PrivateDnsEnabled") == "true"
        where = (endpoint.vpc_id, endpoint.service_name, endpoint.id) if endpoint else ("", "", "")
    else:
        interface = fields.get("VpcEndpointType") == "Interface"
        wanted = interface and fields.get("PrivateDnsEnabled", "true") == "true"
        where = (str(fields.get("VpcId", "")), str(fields.get("ServiceName", "")), "")
    vpc_id, service, identifier = where
    vpc = backend.vpcs.get(vpc_id)
    if not wanted or vpc is None:
        return None
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        text = (
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to"
            f" true for {vpc_id}"
        )
        return failure(request, 400, "InvalidParameter", text)
    for other in backend.vpc_end_points.values():
        same = (other.vpc_id, other.service_name) == (vpc_id, service) and other.id != identifier
        if same and other.private_dns_enabled and other.state == "available":
            name = _private_name(service)
            text = (
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for"
                f" {name} in the VPC {vpc_id}"
            )
            return failure(request, 400, "InvalidParameter", text)
    return None


def _created(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    backend = emulator.backend("ec2", request.region)
    endpoint = next(reversed(backend.vpc_end_points.values()))
    if endpoint.vpc_endpoint_type == "Interface":
        _take_options(endpoint, request)
        _settle(backend, endpoint)
    else:
        endpoint.private_dns_enabled = False
    message = replace(request.message, body=f"Action=DescribeVpcEndpoints&VpcEndpointId.1={endpoint.id}".encode())
    described = emulator.answer(replace(request, operation="DescribeVpcEndpoints", message=message))
    return copied(reply, "vpcEndpoint", described, "vpcEndpointSet")


def _modified(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    backend = emulator.backend("ec2", request.region)
    endpoint = backend.vpc_end_points[request.parameters["VpcEndpointId"]]
    if "PrivateDnsEnabled" in request.parameters:
        endpoint.private_dns_enabled = request.parameters["PrivateDnsEnabled"] == "true"
    if request.parameters.get("ResetPolicy") == "true":
        import json

        endpoint.policy_document = json.dumps(endpoint.DEFAULT_POLICY)
    if endpoint.vpc_endpoint_type == "Interface":
        _take_options(endpoint, request)
        _settle(backend, endpoint)
    return reply


def _deleted(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    """Forget deleted endpoints, as AWS's answers do within minutes; moto keeps them for good."""
    endpoints = emulator.backend("ec2", request.region).vpc_end_points
    for identifier in [each for each, endpoint in endpoints.items() if endpoint.state == "deleted"]:
        del endpoints[identifier]
    return reply


def _settle_all(request: Request, emulator: Emulator) -> None:
    """Settle endpoints that came another way, from a template for one."""
    backend = emulator.backend("ec2", request.region)
    for endpoint in backend.vpc_end_points.values():
        if endpoint.vpc_endpoint_type == "Interface" and endpoint.state == "available":
            _settle(backend, endpoint)


def _by_filter(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    """Answer the filter by id, which moto refuses, with all endpoints that have such an id."""
    wanted = filters_of(request).get("vpc-endpoint-id")
    if wanted is None:
        return reply
    known = emulator.backend("ec2", request.region).vpc_end_points
    ids = [each for each in wanted if each in known]
    if not ids:
        return answer_of(request.operation, "<vpcEndpointSet/>")
    fields = "".join(f"&VpcEndpointId.{number}={each}" for number, each in enumerate(ids, 1))
    message = replace(request.message, body=f"Action={request.operation}{fields}".encode())
    return emulator.answer(replace(request, message=message))


def _take_options(endpoint: Any, request: Request) -> None:
    fields = request.parameters
    family = fields.get("IpAddressType") or getattr(endpoint, "ip_address_type", "ipv4")
    records = fields.get("DnsOptions.DnsRecordIpType")
    before = getattr(endpoint, "dns_options", {}).get("DnsRecordIpType")
    endpoint.ip_address_type = family
    endpoint.dns_options = {"DnsRecordIpType": records or before or family}
    endpoint.chosen = getattr(endpoint, "chosen", {}) | _chosen(request)


def _chosen(request: Request) -> dict[str, dict[str, str]]:
    """Return the addresses that a request chooses: subnet, then `Ipv4` or `Ipv6`, to the address."""
    found: dict[str, dict[str, str]] = {}
    number = 1
    while subnet := request.parameters.get(f"SubnetConfiguration.{number}.SubnetId"):
        named = {
            family: request.parameters.get(f"SubnetConfiguration.{number}.{family}") for family in ("Ipv4", "Ipv6")
        }
        found[str(subnet)] = {family: str(address) for family, address in named.items() if address}
        number += 1
    return found


def _settle(backend: Any, endpoint: Any) -> None:
    """Bring an interface endpoint's interfaces, groups and names in line with its subnets and settings."""
    if not hasattr(endpoint, "ip_address_type"):
        endpoint.ip_address_type, endpoint.dns_options = "ipv4", {"DnsRecordIpType": "ipv4"}
    if not endpoint.security_group_ids:
        endpoint.security_group_ids = [backend.get_default_security_group(endpoint.vpc_id).id]
    held = {
        backend.enis[identifier].subnet.id: identifier
        for identifier in endpoint.network_interface_ids
        if identifier in backend.enis
    }
    for subnet in set(held) - set(endpoint.subnet_ids):
        backend.enis[held.pop(subnet)].delete()
    for subnet in endpoint.subnet_ids:
        if subnet not in held:
            held[subnet] = backend.create_network_interface(subnet, None).id
    endpoint.network_interface_ids = [held[subnet] for subnet in endpoint.subnet_ids]
    groups = [backend.get_security_group_from_id(group) for group in endpoint.security_group_ids]
    for identifier in endpoint.network_interface_ids:
        _settle_interface(backend.enis[identifier], endpoint, groups)
    endpoint.dns_entries = _names(backend, endpoint)


def _settle_interface(interface: Any, endpoint: Any, groups: list[Any]) -> None:
    if interface.interface_type != "vpc_endpoint":
        chosen = getattr(endpoint, "chosen", {}).get(interface.subnet.id, {})
        place(interface, chosen.get("Ipv4"))
        if endpoint.ip_address_type in {"dualstack", "ipv6"}:
            _place_ipv6(interface, chosen.get("Ipv6"))
        interface.interface_type = "vpc_endpoint"
        interface.requester_managed = True
        interface.status = "in-use"
        interface.description = f"VPC Endpoint Interface {endpoint.id}"
    interface._group_set = groups  # noqa: SLF001 - moto has no way to change an interface's groups by id alone


def place(interface: Any, address: str | None = None) -> None:
    """Give a network interface an address inside its subnet, or the one that was chosen."""
    if address is None:
        address = interface.subnet.get_available_subnet_ip(interface)
    else:
        interface.subnet.request_ip(address, interface)
    interface.private_ip_address = address
    name = f"ip-{address.replace('.', '-')}.{interface.subnet.ec2_backend.region_name}.compute.internal"
    interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address, "PrivateDnsName": name}]
    interface.private_dns_name = name


def _place_ipv6(interface: Any, address: str | None) -> None:
    """Give an interface the chosen IPv6 address, or the one of its subnet that ends like its IPv4 address."""
    blocks = [each["ipv6CidrBlock"] for each in interface.subnet.ipv6_cidr_block_associations.values()]
    if blocks and address is None:
        host = int(ipaddress.ip_address(interface.private_ip_address)) & 0xFFFF
        address = str(ipaddress.ip_network(blocks[0])[host])
    interface.ipv6_addresses = [address] if address else []


def _names(backend: Any, endpoint: Any) -> list[dict[str, str]]:
    """Return the regional, zonal and, when it is on, the private name.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames
    """
    region, short = backend.region_name, endpoint.service_name.rpartition(".")[2]
    suffix = endpoint.id.removeprefix("vpce-")[-8:]
    domain = f"{short}.{region}.vpce.amazonaws.com"
    zones = sorted({backend.get_subnet(subnet).availability_zone for subnet in endpoint.subnet_ids})
    names = [f"{endpoint.id}-{suffix}.{domain}", *(f"{endpoint.id}-{suffix}-{zone}.{domain}" for zone in zones)]
    entries = [{"DnsName": name, "HostedZoneId": "Z38GZ743OKFT7T"} for name in names]
    if endpoint.private_dns_enabled:
        zone = f"Z0{endpoint.id.removeprefix('vpce-').upper()}"
        entries.append({"DnsName": _private_name(endpoint.service_name), "HostedZoneId": zone})
    return entries


def _private_name(service: str) -> str:
    """`com.amazonaws.eu-west-1.secretsmanager` is `secretsmanager.eu-west-1.amazonaws.com` in DNS."""
    parts = service.split(".")
    return f"{'.'.join(reversed(parts[3:]))}.{parts[2]}.amazonaws.com" if len(parts) > 3 else service


ROWS: tuple[Correction, ...] = (
    Correction(
        "endpoint-private-dns-refused",
        "ec2",
        ("CreateVpcEndpoint", "ModifyVpcEndpoint"),
        "moto takes private DNS without the VPC's DNS attributes, and twice for one service.",
        f"{_PRIVATELINK}#interface-endpoint-private-dns",
        before=_refuse_private_dns,
    ),
    Correction(
        "endpoint-created",
        "ec2",
        ("CreateVpcEndpoint",),
        "moto's endpoint has no default group, wrong names, no address type, interfaces outside their subnets.",
        f"{_API}API_VpcEndpoint.html",
        after=_created,
    ),
    Correction(
        "endpoint-modified",
        "ec2",
        ("ModifyVpcEndpoint",),
        "moto ignores PrivateDnsEnabled and DnsOptions, and leaves the interfaces as they were.",
        f"{_API}API_ModifyVpcEndpoint.html",
        after=_modified,
    ),
    Correction(
        "endpoint-interfaces",
        "ec2",
        ("DescribeVpcEndpoints", "DescribeNetworkInterfaces"),
        "moto's interfaces have the type `interface` and the VPC's default group.",
        f"{_API}API_NetworkInterface.html",
        before=_settle_all,
    ),
    Correction(
        "endpoint-filter-by-id",
        "ec2",
        ("DescribeVpcEndpoints",),
        "moto knows no filter of endpoints by their id.",
        f"{_API}API_DescribeVpcEndpoints.html",
        refusal=_by_filter,
    ),
    Correction(
        "endpoint-deleted",
        "ec2",
        ("DeleteVpcEndpoints",),
        "a deleted endpoint is gone from the answers",
        _API + "API_DeleteVpcEndpoints.html",
        after=_deleted,
    ),
)
