"""EC2 and Route 53 Resolver: DHCP options, default rules, dead routes, and answers that moto does not have."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import replace
from typing import Any

from smsl.lab.corrected.document import answer_of, copied, read, written
from smsl.lab.corrected.endpoints import place
from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.exchange import ACCOUNT, Reply, Request

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"
_NOT_BLOCKED = {"InternetGatewayBlockMode": "off"}
_LAST_RULE = 32767
_LAST_IPV6_RULE = 32768

_EMPTY = {
    "DescribeVpcBlockPublicAccessExclusions": "<vpcBlockPublicAccessExclusionSet/>",
    "DescribeSecurityGroupVpcAssociations": "<securityGroupVpcAssociationSet/>",
    "DescribeVpcEncryptionControls": "<vpcEncryptionControlSet/>",
}


def _public_access(request: Request, _emulator: Emulator) -> Reply:
    members = (
        f"<vpcBlockPublicAccessOptions><awsAccountId>{ACCOUNT}</awsAccountId>"
        f"<awsRegion>{request.region}</awsRegion><state>default-state</state>"
        "<internetGatewayBlockMode>off</internetGatewayBlockMode><managedBy>account</managedBy>"
        "<exclusionsAllowed>allowed</exclusionsAllowed></vpcBlockPublicAccessOptions>"
    )
    return answer_of(request.operation, members)


def _nothing(request: Request, _emulator: Emulator) -> Reply:
    return answer_of(request.operation, _EMPTY[request.operation])


def _no_firewall(_request: Request, _emulator: Emulator) -> Reply:
    body = json.dumps({"FirewallRuleGroupAssociations": []})
    return Reply(200, body.encode(), {"content-type": "application/x-amz-json-1.1"})


def _block_states(request: Request, emulator: Emulator) -> None:
    backend = emulator.backend("ec2", request.region)
    for vpc in backend.vpcs.values():
        vpc.block_public_access_states = _NOT_BLOCKED
    for zone in backend.subnets.values():
        for subnet in zone.values():
            subnet.block_public_access_states = _NOT_BLOCKED


def _default_options(request: Request, emulator: Emulator) -> None:
    """Give every VPC that has no DHCP options the region's default set.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
    """
    backend = emulator.backend("ec2", request.region)
    default = next((each for each in backend.dhcp_options_sets.values() if hasattr(each, "is_default")), None)
    if default is None:
        region = request.region
        domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
        default = backend.create_dhcp_options(["AmazonProvidedDNS"], [domain])
        default.is_default = True
    for vpc in backend.vpcs.values():
        if vpc.dhcp_options is None:
            backend.associate_dhcp_options(default, vpc)


def _created_vpc(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    _default_options(request, emulator)
    _block_states(request, emulator)
    vpc = read(reply).findtext("vpc/vpcId", "")
    described = _ask(emulator, request, "DescribeVpcs", f"VpcId.1={vpc}")
    return copied(reply, "vpc", described, "vpcSet")


def _last_rules(request: Request, emulator: Emulator) -> None:
    """Add the rules that AWS itself keeps at the end of every network ACL, once for each.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
    """
    backend = emulator.backend("ec2", request.region)
    for acl in backend.network_acls.values():
        _add_rules(backend, acl, _LAST_RULE, "deny", {"cidr_block": "0.0.0.0/0"})
        vpc = backend.vpcs.get(acl.vpc_id)
        if vpc is not None and vpc.get_cidr_block_association_set(ipv6=True):
            _add_rules(backend, acl, _LAST_IPV6_RULE, "deny", {"ipv6_cidr_block": "::/0"})
            if acl.default and not hasattr(acl, "admits_ipv6"):
                acl.admits_ipv6 = True  # only once: what the account deletes stays deleted
                _add_rules(backend, acl, 101, "allow", {"ipv6_cidr_block": "::/0"})


def _add_rules(backend: Any, acl: Any, number: int, action: str, block: dict[str, str]) -> None:
    present = {entry.egress for entry in acl.network_acl_entries if entry.rule_number == number}
    for egress in {True, False} - present:
        rule: dict[str, Any] = dict.fromkeys(
            ("cidr_block", "ipv6_cidr_block", "icmp_code", "icmp_type", "port_range_from", "port_range_to")
        )
        rule.update(block)
        backend.create_network_acl_entry(acl.id, number, "-1", action, egress, **rule)


def _created_acl(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    _last_rules(request, emulator)
    acl = read(reply).findtext("networkAcl/networkAclId", "")
    described = _ask(emulator, request, "DescribeNetworkAcls", f"NetworkAclId.1={acl}")
    return copied(reply, "networkAcl", described, "networkAclSet")


def _dead_routes(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    """Mark the routes whose target is gone: AWS keeps the route and calls it a black hole."""
    backend = emulator.backend("ec2", request.region)
    root = read(reply)
    changed = False
    for table in root.iterfind("routeTableSet/item"):
        vpc = table.findtext("vpcId", "")
        for route in table.iterfind("routeSet/item"):
            state = route.find("state")
            if state is not None and _is_gone(backend, vpc, {each.tag: each.text or "" for each in route}):
                state.text = "blackhole"
                changed = True
    return written(reply, root) if changed else reply


def _is_gone(backend: Any, vpc: str, route: dict[str, str]) -> bool:
    """Tell whether a route's target was deleted or detached.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
    """
    gateway = route.get("gatewayId", "")
    if gateway.startswith("igw-"):
        found = backend.internet_gateways.get(gateway)
        return found is None or found.vpc is None or found.vpc.id != vpc
    if nat := route.get("natGatewayId"):
        found = backend.nat_gateways.get(nat)
        return found is None or found.state != "available"
    if egress := route.get("egressOnlyInternetGatewayId"):
        return egress not in backend.egress_only_internet_gateways
    if interface := route.get("networkInterfaceId"):
        return interface not in backend.enis
    if peering := route.get("vpcPeeringConnectionId"):
        found = backend.vpc_pcxs.get(peering)
        return found is None or found._status.code in {"deleted", "rejected", "expired"}  # noqa: SLF001 - only there
    return False


def _placed_nat(request: Request, emulator: Emulator) -> None:
    """Move the interfaces of NAT gateways into their subnets."""
    backend = emulator.backend("ec2", request.region)
    for nat in backend.nat_gateways.values():
        interface = nat._eni  # noqa: SLF001 - moto has no other way to it
        if ipaddress.ip_address(interface.private_ip_address) not in interface.subnet.cidr:
            place(interface)
            interface.interface_type = "nat_gateway"
            interface.requester_managed = True
            interface.status = "in-use"
            for address in nat.address_set:
                address["privateIp"] = interface.private_ip_address


def _ask(emulator: Emulator, request: Request, operation: str, fields: str) -> Reply:
    message = replace(request.message, body=f"Action={operation}&Version=2016-11-15&{fields}".encode())
    return emulator.answer(replace(request, operation=operation, message=message))


ROWS: tuple[Correction, ...] = (
    Correction(
        "block-public-access-off",
        "ec2",
        ("DescribeVpcBlockPublicAccessOptions",),
        "moto does not implement the operation.",
        f"{_API}API_DescribeVpcBlockPublicAccessOptions.html",
        before=_public_access,
    ),
    Correction(
        "nothing-of-the-kind",
        "ec2",
        tuple(_EMPTY),
        "moto does not implement the operations; an account without such things gets an empty set.",
        f"{_API}API_DescribeVpcBlockPublicAccessExclusions.html",
        before=_nothing,
    ),
    Correction(
        "no-firewall-associations",
        "route53resolver",
        ("ListFirewallRuleGroupAssociations",),
        "moto does not implement the operation.",
        "https://docs.aws.amazon.com/Route53/latest/APIReference/"
        "API_route53resolver_ListFirewallRuleGroupAssociations.html",
        before=_no_firewall,
    ),
    Correction(
        "block-states",
        "ec2",
        ("DescribeVpcs", "DescribeSubnets"),
        "moto leaves out BlockPublicAccessStates.",
        f"{_API}API_BlockPublicAccessStates.html",
        before=_block_states,
    ),
    Correction(
        "default-dhcp-options",
        "ec2",
        ("DescribeVpcs", "DescribeDhcpOptions"),
        "moto's VPCs have the DHCP options `default`, which cannot be described.",
        f"{_API}API_DhcpOptions.html",
        before=_default_options,
    ),
    Correction(
        "created-vpc-has-options",
        "ec2",
        ("CreateVpc",),
        "The same, in the answer to its creation.",
        f"{_API}API_CreateVpc.html",
        after=_created_vpc,
    ),
    Correction(
        "last-rules",
        "ec2",
        ("DescribeNetworkAcls",),
        "moto's custom network ACLs lack rule 32767, those of IPv6 VPCs their IPv6 rules.",
        f"{_API}API_NetworkAcl.html",
        before=_last_rules,
    ),
    Correction(
        "created-acl-has-last-rules",
        "ec2",
        ("CreateNetworkAcl",),
        "The same, in the answer to its creation.",
        f"{_API}API_CreateNetworkAcl.html",
        after=_created_acl,
    ),
    Correction(
        "dead-routes",
        "ec2",
        ("DescribeRouteTables",),
        "moto's routes stay active when their target is gone.",
        f"{_API}API_Route.html",
        after=_dead_routes,
    ),
    Correction(
        "nat-addresses",
        "ec2",
        ("DescribeNatGateways", "DescribeNetworkInterfaces"),
        "moto's NAT gateways have an address outside their subnet.",
        f"{_API}API_NatGatewayAddress.html",
        before=_placed_nat,
    ),
)
