"""Apply a step on the network to a Snapshot, as AWS would apply it to the account."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from smsl.model.finding import Step
from smsl.model.network import (
    AclEntry,
    Endpoint,
    GroupReference,
    GroupRule,
    Network,
    NetworkInterface,
    Route,
    SecurityGroup,
    Target,
)
from smsl.model.snapshot import Snapshot
from smsl.model.unknown import Unknown


def _network(snapshot: Snapshot, step: Step, **parts: object) -> Snapshot:
    region = str(step.region)
    changed: Network = replace(snapshot.networks[region], **parts)  # type: ignore[arg-type]  # each caller names a field
    return replace(snapshot, networks={**snapshot.networks, region: changed})


def _rules(step: Step) -> tuple[GroupRule, ...]:
    return tuple(
        GroupRule(
            protocol=str(rule["IpProtocol"]),
            ports=(int(rule["FromPort"]), int(rule["ToPort"])),
            cidrs=(
                *(ip_network(row["CidrIp"]) for row in rule.get("IpRanges", [])),
                *(ip_network(row["CidrIpv6"]) for row in rule.get("Ipv6Ranges", [])),
            ),
            groups=tuple(GroupReference(str(row["GroupId"])) for row in rule.get("UserIdGroupPairs", [])),
        )
        for rule in step.parameters["IpPermissions"]
    )


def _group_rules(direction: str) -> Callable[[Snapshot, Step], Snapshot]:
    def changed(snapshot: Snapshot, step: Step) -> Snapshot:
        groups = snapshot.networks[str(step.region)].security_groups
        name = str(step.parameters["GroupId"])
        if isinstance(groups, Unknown) or name not in groups:
            return snapshot
        group = groups[name]
        rules = group.ingress if direction == "ingress" else group.egress
        if isinstance(rules, Unknown):
            return snapshot
        wider = (*rules, *_rules(step))
        new = replace(group, ingress=wider) if direction == "ingress" else replace(group, egress=wider)
        return _network(snapshot, step, security_groups={**groups, name: new})

    return changed


def _new_group(snapshot: Snapshot, step: Step) -> Snapshot:
    groups = snapshot.networks[str(step.region)].security_groups
    if isinstance(groups, Unknown):
        return snapshot
    name = f"${step.bind}"
    return _network(
        snapshot, step, security_groups={**groups, name: SecurityGroup(name, str(step.parameters["VpcId"]))}
    )


def _new_endpoint(snapshot: Snapshot, step: Step) -> Snapshot:
    network = snapshot.networks[str(step.region)]
    if isinstance(network.endpoints, Unknown) or isinstance(network.subnets, Unknown):
        return snapshot
    name, vpc = f"${step.bind}", str(step.parameters["VpcId"])
    groups = tuple(step.parameters["SecurityGroupIds"])
    interfaces = {} if isinstance(network.interfaces, Unknown) else dict(network.interfaces)
    created = []
    for subnet_id in step.parameters["SubnetIds"]:
        subnet = network.subnets[str(subnet_id)]
        interface = f"{name}-{subnet_id}"
        address = str(subnet.ipv4[-2]) if subnet.ipv4 else ""
        interfaces[interface] = NetworkInterface(
            interface, vpc, str(subnet_id), type="vpc_endpoint", ipv4=(address,) if address else (), groups=groups
        )
        created.append(interface)
    endpoint = Endpoint(
        name, vpc, "Interface", str(step.parameters["ServiceName"]), "available",
        private_dns=True, interfaces=tuple(created), groups=groups,
    )  # fmt: skip
    return _network(snapshot, step, endpoints={**network.endpoints, name: endpoint}, interfaces=interfaces)


def _modify_endpoint(snapshot: Snapshot, step: Step) -> Snapshot:
    endpoints = snapshot.networks[str(step.region)].endpoints
    name = str(step.parameters["VpcEndpointId"])
    if isinstance(endpoints, Unknown) or name not in endpoints:
        return snapshot
    changed = endpoints[name]
    if step.edit is not None and step.edit.add is not None:
        changed = replace(changed, policy=_with_statement(changed.policy, step.edit.add))
    if "PrivateDnsEnabled" in step.parameters:
        changed = replace(changed, private_dns=bool(step.parameters["PrivateDnsEnabled"]))
    return _network(snapshot, step, endpoints={**endpoints, name: changed})


def _vpc_attribute(snapshot: Snapshot, step: Step) -> Snapshot:
    vpcs = snapshot.networks[str(step.region)].vpcs
    name = str(step.parameters["VpcId"])
    if isinstance(vpcs, Unknown) or name not in vpcs:
        return snapshot
    vpc = vpcs[name]
    if "EnableDnsSupport" in step.parameters:
        vpc = replace(vpc, dns_support=bool(step.parameters["EnableDnsSupport"]["Value"]))
    if "EnableDnsHostnames" in step.parameters:
        vpc = replace(vpc, dns_hostnames=bool(step.parameters["EnableDnsHostnames"]["Value"]))
    return _network(snapshot, step, vpcs={**vpcs, name: vpc})


def _acl_entry(snapshot: Snapshot, step: Step) -> Snapshot:
    acls = snapshot.networks[str(step.region)].network_acls
    name = str(step.parameters["NetworkAclId"])
    if isinstance(acls, Unknown) or name not in acls:
        return snapshot
    acl = acls[name]
    if isinstance(acl.entries, Unknown):
        return snapshot
    ports = step.parameters["PortRange"]
    entry = AclEntry(
        number=int(step.parameters["RuleNumber"]),
        allow=step.parameters["RuleAction"] == "allow",
        egress=bool(step.parameters["Egress"]),
        cidr=ip_network(step.parameters.get("CidrBlock") or step.parameters["Ipv6CidrBlock"]),
        protocol=str(step.parameters["Protocol"]),
        ports=(int(ports["From"]), int(ports["To"])),
    )
    entries = tuple(sorted((*acl.entries, entry), key=lambda each: each.number))
    return _network(snapshot, step, network_acls={**acls, name: replace(acl, entries=entries)})


def _with_statement(text: str | None, statement: Mapping[str, Any]) -> str:
    document = json.loads(text or "{}")
    there = document.get("Statement", [])
    return json.dumps({**document, "Statement": [*(there if isinstance(there, list) else [there]), dict(statement)]})


def _route(snapshot: Snapshot, step: Step) -> Snapshot:
    tables = snapshot.networks[str(step.region)].route_tables
    name = str(step.parameters["RouteTableId"])
    if isinstance(tables, Unknown) or name not in tables:
        return snapshot
    table = tables[name]
    if isinstance(table.routes, Unknown):
        return snapshot
    target, to = next((kind, step.parameters[key]) for key, kind in _TARGETS.items() if key in step.parameters)
    route = Route(target, str(to), ip_network(step.parameters["DestinationCidrBlock"]))
    kept = (each for each in table.routes if each.cidr != route.cidr)
    return _network(snapshot, step, route_tables={**tables, name: replace(table, routes=(*kept, route))})


def _interface(snapshot: Snapshot, step: Step) -> Snapshot:
    interfaces = snapshot.networks[str(step.region)].interfaces
    name = str(step.parameters["NetworkInterfaceId"])
    if isinstance(interfaces, Unknown) or name not in interfaces:
        return snapshot
    changed = replace(interfaces[name], source_dest_check=bool(step.parameters["SourceDestCheck"]["Value"]))
    return _network(snapshot, step, interfaces={**interfaces, name: changed})


_TARGETS = {
    "NatGatewayId": Target.NAT_GATEWAY,
    "TransitGatewayId": Target.TRANSIT_GATEWAY,
    "VpcPeeringConnectionId": Target.PEERING,
}
CHANGES: Mapping[str, Callable[[Snapshot, Step], Snapshot]] = {
    "AuthorizeSecurityGroupIngress": _group_rules("ingress"),
    "AuthorizeSecurityGroupEgress": _group_rules("egress"),
    "CreateSecurityGroup": _new_group,
    "CreateVpcEndpoint": _new_endpoint,
    "ModifyVpcEndpoint": _modify_endpoint,
    "ModifyVpcAttribute": _vpc_attribute,
    "ModifyNetworkInterfaceAttribute": _interface,
    "CreateNetworkAclEntry": _acl_entry,
    "CreateRoute": _route,
    "ReplaceRoute": _route,
}
