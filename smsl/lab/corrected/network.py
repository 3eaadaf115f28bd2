"""EC2 and Route 53 Resolver: DHCP options, default rules, dead routes, and answers that moto does not have."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from smsl.lab.corrected.document import answer_of, copied, read, written
from smsl.lab.corrected.public_access import show_states
from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.exchange import Reply, Request

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"
_LAST_RULE = 32767
_LAST_IPV6_RULE = 32768

_EMPTY = {
    "DescribeSecurityGroupVpcAssociations": "<securityGroupVpcAssociationSet/>",
    "DescribeVpcEncryptionControls": "<vpcEncryptionControlSet/>",
}


def _nothing(request: Request, _emulator: Emulator) -> Reply:
    return answer_of(request.operation, _EMPTY[request.operation])


def _no_firewall(_request: Request, _emulator: Emulator) -> Reply:
    body = json.dumps({"FirewallRuleGroupAssociations": []})
    return Reply(200, body.encode(), {"content-type": "application/x-amz-json-1.1"})


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


def _keep_options(request: Request, emulator: Emulator) -> None:
    """Take the default set from a VPC before moto deletes it with the VPC; one that stays is given it again."""
    vpc = emulator.backend("ec2", request.region).vpcs.get(str(request.parameters.get("VpcId", "")))
    if vpc is not None and hasattr(vpc.dhcp_options, "is_default"):
        vpc.dhcp_options = None


def _created_vpc(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    _default_options(request, emulator)
    show_states(request, emulator)
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


def _block_state(_request: Request, reply: Reply, _emulator: Emulator) -> Reply:
    """Write the state of a subnet's IPv6 block as a word."""
    root = read(reply)
    for state in root.iterfind(".//ipv6CidrBlockState/state"):
        state.text = "associated" if "'associated'" in (state.text or "") else state.text
    return written(reply, root)


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
    if transit := route.get("transitGatewayId"):
        attached = backend.transit_gateway_attachments.values()
        return not any((each.transit_gateway_id, each.resource_id) == (transit, vpc) for each in attached)
    return False


def _ask(emulator: Emulator, request: Request, operation: str, fields: str) -> Reply:
    message = replace(request.message, body=f"Action={operation}&Version=2016-11-15&{fields}".encode())
    return emulator.answer(replace(request, operation=operation, message=message))


ROWS: tuple[Correction, ...] = (
    Correction(
        "nothing-of-the-kind",
        "ec2",
        tuple(_EMPTY),
        "moto does not implement the operations; an account without such things gets an empty set.",
        f"{_API}API_DescribeSecurityGroupVpcAssociations.html",
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
        "default-dhcp-options",
        "ec2",
        ("DescribeVpcs", "DescribeDhcpOptions"),
        "moto's VPCs have the DHCP options `default`, which cannot be described.",
        f"{_API}API_DhcpOptions.html",
        before=_default_options,
    ),
    Correction(
        "deleted-vpc-leaves-options",
        "ec2",
        ("DeleteVpc",),
        "moto deletes a VPC's DHCP options with it, and fails to delete the next VPC that had them.",
        f"{_API}API_DeleteVpc.html",
        before=_keep_options,
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
        "subnet-ipv6-state",
        "ec2",
        ("CreateSubnet", "DescribeSubnets"),
        "moto writes the state of a subnet's IPv6 block as Python writes a dict.",
        f"{_API}API_SubnetCidrBlockState.html",
        after=_block_state,
    ),
    Correction(
        "dead-routes",
        "ec2",
        ("DescribeRouteTables",),
        "moto's routes stay active when their target is gone.",
        f"{_API}API_Route.html",
        after=_dead_routes,
    ),
)
