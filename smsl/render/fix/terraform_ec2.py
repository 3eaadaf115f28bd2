"""Steps of EC2 as Terraform: rules, entries, routes, endpoints, and what is set on a VPC.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/vpc_security_group_ingress_rule.html.markdown
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from smsl.model.finding import Step
from smsl.render.fix.documents import existing
from smsl.render.fix.hcl import Raw, block, comment, label
from smsl.render.fix.naming import References, new_label, referred, step_label

Maker = Callable[[Step, References], list[str] | None]
"""Returns the blocks of a step; None where a parameter has no argument: a block that leaves one out is no fix."""


def _plain(resource: str, arguments: Mapping[str, str], *parts: str) -> Callable[[Step, References], list[str] | None]:
    """Return the maker of a resource whose arguments are the operation's parameters under other names.

    A parameter that has no argument makes nothing at all: a block that leaves something out is no fix.
    """

    def make(step: Step, known: References) -> list[str] | None:
        if not step.parameters.keys() <= arguments.keys():
            return None
        values = {arguments[name]: referred(value, known) for name, value in step.parameters.items()}
        name = new_label(*(str(step.parameters.get(part, "")) for part in parts)) if parts else step_label(step)
        return [block("resource", resource, name, **values)]

    return make


def _vpc(step: Step, _: References) -> list[str] | None:
    names = {"EnableDnsSupport": "enable_dns_support", "EnableDnsHostnames": "enable_dns_hostnames"}
    vpc = str(step.parameters["VpcId"])
    given = {names[name]: value["Value"] for name, value in step.parameters.items() if name in names}
    if len(given) != len(step.parameters) - 1:
        return None
    head = existing(f"VPC {vpc}", f"set {' and '.join(given)}")
    return [f"{head}\n{block('resource', 'aws_vpc', label(vpc), **given)}"]


def _endpoint(step: Step, _: References) -> list[str] | None:
    if step.parameters.keys() != {"VpcEndpointId", "PrivateDnsEnabled"}:
        return None
    endpoint, on = str(step.parameters["VpcEndpointId"]), bool(step.parameters["PrivateDnsEnabled"])
    text = f"Where a block describes endpoint {endpoint}, set private_dns_enabled = true in it, instead of this:"
    made = block(
        "resource", "aws_vpc_endpoint_private_dns", label(endpoint), vpc_endpoint_id=endpoint, private_dns_enabled=on
    )
    return [f"{comment(text if on else text.replace('true', 'false'))}\n{made}"]


def _forwards(step: Step, _: References) -> list[str] | None:
    check = step.parameters.get("SourceDestCheck")
    if check is None or step.parameters.keys() != {"NetworkInterfaceId", "SourceDestCheck"}:
        return None
    interface = str(step.parameters["NetworkInterfaceId"])
    head = existing(f"Interface {interface} (or the instance that it came with)", "set source_dest_check")
    made = block("resource", "aws_network_interface", label(interface), source_dest_check=check["Value"])
    return [f"{head}\n{made}"]


def _group_rules(direction: str) -> Callable[[Step, References], list[str]]:
    def make(step: Step, known: References) -> list[str]:
        return list(_rules(step, direction, known))

    return make


_PEERS = {
    # member of a permission: (its own member, the argument)
    "UserIdGroupPairs": ("GroupId", "referenced_security_group_id"),
    "IpRanges": ("CidrIp", "cidr_ipv4"),
    "Ipv6Ranges": ("CidrIpv6", "cidr_ipv6"),
    "PrefixListIds": ("PrefixListId", "prefix_list_id"),
}


def _rules(step: Step, direction: str, known: References) -> Iterator[str]:
    """Yield one rule for each peer of each permission: a rule of Terraform's has one.

    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/vpc_security_group_ingress_rule.html.markdown
    """
    group = str(step.parameters["GroupId"])
    for rule in step.parameters["IpPermissions"]:
        for member, (key, argument) in _PEERS.items():
            for peer in rule.get(member, ()):
                found = str(peer[key])
                name = new_label(direction, group, found)
                arguments = {
                    "security_group_id": referred(group, known),
                    argument: referred(found, known),
                    "ip_protocol": rule["IpProtocol"],
                    "from_port": rule.get("FromPort"),
                    "to_port": rule.get("ToPort"),
                    "description": peer.get("Description"),
                }
                made = block("resource", f"aws_vpc_security_group_{direction}_rule", name, **arguments)
                if group in known:
                    yield made
                else:
                    text = f"Where the block of {group} writes its rules out ({direction} {{...}}), add this to them:"
                    yield f"{comment(text)}\n{made}"


def _acl_rule(step: Step, _: References) -> list[str]:
    given = step.parameters
    ports = given.get("PortRange", {})
    name = new_label(str(given["NetworkAclId"]), str(given["RuleNumber"]), "out" if given["Egress"] else "in")
    made = block(
        "resource", "aws_network_acl_rule", name, network_acl_id=given["NetworkAclId"],
        rule_number=given["RuleNumber"], egress=given["Egress"], protocol=given["Protocol"],
        rule_action=given["RuleAction"], cidr_block=given.get("CidrBlock"), ipv6_cidr_block=given.get("Ipv6CidrBlock"),
        from_port=ports.get("From"), to_port=ports.get("To"),
    )  # fmt: skip
    text = f"Where the block of {given['NetworkAclId']} writes its entries out, add this to them:"
    return [f"{comment(text)}\n{made}"]


_ROUTE = {
    "RouteTableId": "route_table_id",
    "DestinationCidrBlock": "destination_cidr_block",
    "DestinationIpv6CidrBlock": "destination_ipv6_cidr_block",
    "DestinationPrefixListId": "destination_prefix_list_id",
    "NatGatewayId": "nat_gateway_id",
    "GatewayId": "gateway_id",
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "TransitGatewayId": "transit_gateway_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
    "NetworkInterfaceId": "network_interface_id",
    "VpcEndpointId": "vpc_endpoint_id",
}


def _replaced_route(step: Step, known: References) -> list[str] | None:
    """Return a route that is there already, with its new target: it has no argument that is not known here."""
    made = _plain("aws_route", _ROUTE, "RouteTableId")(step, known)
    if made is None:
        return None
    given = step.parameters
    name = new_label(str(given["RouteTableId"]))
    destination = next(str(value) for key, value in given.items() if key.startswith("Destination"))
    text = f"Where a block describes the route, or {given['RouteTableId']} writes it out, change it there; else add:"
    target = block("import", to=Raw(f"aws_route.{name}"), id=f"{given['RouteTableId']}_{destination}")
    return [*made, f"{comment(text)}\n{target}"]


MAKERS: Mapping[str, Maker] = {
    "ModifyVpcAttribute": _vpc,
    "ModifyNetworkInterfaceAttribute": _forwards,
    "ModifyVpcEndpoint": _endpoint,
    "AuthorizeSecurityGroupIngress": _group_rules("ingress"),
    "AuthorizeSecurityGroupEgress": _group_rules("egress"),
    "CreateNetworkAclEntry": _acl_rule,
    "CreateRoute": _plain("aws_route", _ROUTE, "RouteTableId"),
    "ReplaceRoute": _replaced_route,
    "CreateSecurityGroup": _plain(
        "aws_security_group", {"GroupName": "name", "Description": "description", "VpcId": "vpc_id"}
    ),
    "CreateVpcEndpoint": _plain(
        "aws_vpc_endpoint",
        {
            "VpcId": "vpc_id",
            "ServiceName": "service_name",
            "VpcEndpointType": "vpc_endpoint_type",
            "SubnetIds": "subnet_ids",
            "SecurityGroupIds": "security_group_ids",
            "PrivateDnsEnabled": "private_dns_enabled",
        },
    ),
    "AssociateDhcpOptions": _plain(
        "aws_vpc_dhcp_options_association", {"VpcId": "vpc_id", "DhcpOptionsId": "dhcp_options_id"}
    ),
}
