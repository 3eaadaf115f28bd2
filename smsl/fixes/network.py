"""Steps that open a network path, the cheapest edit first."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.fixes.policies import Candidate
from smsl.model.evidence import Access, Blocker
from smsl.model.finding import Step
from smsl.model.network import AclEntry, Endpoint, Network, Subnet
from smsl.model.snapshot import Snapshot
from smsl.model.unknown import Unknown

_NEEDS_ENDPOINT = frozenset({
    "RT_NO_ROUTE", "RT_BLACKHOLE", "RT_IGW_NO_PUBLIC_IP", "RT_PEERING_NO_TRANSIT", "NAT_NOT_AVAILABLE", "NAT_NOT_FOUND",
    "NAT_PRIVATE", "NAT_SUBNET_NO_IGW", "EP_MISSING", "EP_WRONG_SERVICE", "EP_OTHER_VPC_NO_DNS", "BPA_BLOCKS",
})  # fmt: skip
_ACL_LEGS = {
    # code: (the entry's egress flag, first port, last port)
    "FN_NACL_EGRESS": (True, 443, 443),
    "FN_NACL_INGRESS": (False, 1024, 65535),
    "FN_NACL_EPHEMERAL_PARTIAL": (False, 1024, 65535),
    "EP_NACL_INGRESS": (False, 443, 443),
    "EP_NACL_EGRESS": (True, 1024, 65535),
    "EP_NACL_EPHEMERAL_PARTIAL": (True, 1024, 65535),
}


def network_candidate(snapshot: Snapshot, access: Access, blocker: Blocker) -> Candidate | None:
    """Return the steps that might remove a network blocker; None where no command is safe to propose."""
    network = snapshot.networks.get(access.function.region)
    code = blocker.code or ""
    if network is None or access.reach is None:
        return None
    if code in ("EP_SG_INGRESS", "EP_SG_REF_NOT_HONOURED"):
        return _open_endpoint_group(network, access, by_cidr=code != "EP_SG_INGRESS")
    if code == "FN_SG_EGRESS":
        return _open_function_group(network, access)
    if code in ("DNS_SUPPORT_OFF", "DNS_HOSTNAMES_OFF", "EP_PRIVATE_DNS_OFF"):
        return _names(network, access)
    if code in _ACL_LEGS:
        return _acl_entry(network, access, blocker)
    if code in _NEEDS_ENDPOINT:
        return _create_endpoint(network, access)
    return None


def _subnets(network: Network, access: Access) -> list[Subnet]:
    if isinstance(network.subnets, Unknown):
        return []
    return [network.subnets[each] for each in access.function.subnets if each in network.subnets]


def _endpoints(network: Network, access: Access) -> Iterator[Endpoint]:
    """Yield the Secrets Manager endpoints of the function's VPCs, the one that the name leads to first."""
    if isinstance(network.endpoints, Unknown) or access.reach is None:
        return
    vpcs = {subnet.vpc for subnet in _subnets(network, access)}
    service = access.reach.name.split(".")[0]
    found = [
        each
        for each in network.endpoints.values()
        if each.vpc in vpcs and isinstance(each.service, str) and each.service.endswith(f".{service}")
    ]
    used = access.reach.endpoint
    yield from sorted(found, key=lambda each: (each.id != used, each.id))


def _rule(groups: tuple[str, ...] = (), cidrs: tuple[str, ...] = ()) -> list[dict[str, object]]:
    rule: dict[str, object] = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    if groups:
        rule["UserIdGroupPairs"] = [{"GroupId": group} for group in groups]
    if cidrs:
        rule["IpRanges"] = [{"CidrIp": cidr} for cidr in cidrs]
    return [rule]


def _open_endpoint_group(network: Network, access: Access, *, by_cidr: bool) -> Candidate | None:
    endpoint = next(_endpoints(network, access), None)
    if (
        endpoint is None
        or isinstance(endpoint.groups, Unknown)
        or not endpoint.groups
        or not access.function.security_groups
    ):
        return None
    cidrs = tuple(str(each.ipv4) for each in _subnets(network, access) if each.ipv4)
    rule = _rule(cidrs=cidrs) if by_cidr else _rule(groups=access.function.security_groups[:1])
    parameters = {"GroupId": endpoint.groups[0], "IpPermissions": rule}
    return Candidate(
        f"adds one inbound rule to the security group of {endpoint.id}",
        (Step("ec2", "AuthorizeSecurityGroupIngress", parameters, access.function.region),),
        (Step("ec2", "RevokeSecurityGroupIngress", parameters, access.function.region),),
    )


def _open_function_group(network: Network, access: Access) -> Candidate | None:
    if not access.function.security_groups:
        return None
    endpoint = next(_endpoints(network, access), None)
    groups = endpoint.groups if endpoint and access.reach is not None and access.reach.endpoint == endpoint.id else ()
    rule = _rule(groups=groups[:1]) if groups and not isinstance(groups, Unknown) else _rule(cidrs=("0.0.0.0/0",))
    parameters = {"GroupId": access.function.security_groups[0], "IpPermissions": rule}
    return Candidate(
        "adds one outbound rule to the function's security group",
        (Step("ec2", "AuthorizeSecurityGroupEgress", parameters, access.function.region),),
        (Step("ec2", "RevokeSecurityGroupEgress", parameters, access.function.region),),
    )


def _names(network: Network, access: Access) -> Candidate | None:
    """Switch on what the endpoint's private name needs: two attributes of the VPC, one of the endpoint."""
    region = access.function.region
    steps: list[Step] = []
    undo: list[Step] = []
    vpcs = {subnet.vpc for subnet in _subnets(network, access)}
    known = {} if isinstance(network.vpcs, Unknown) else network.vpcs
    for vpc_id in sorted(vpcs):
        vpc = known.get(vpc_id)
        for attribute, value in (
            ("EnableDnsSupport", vpc and vpc.dns_support),
            ("EnableDnsHostnames", vpc and vpc.dns_hostnames),
        ):
            if value is False:
                steps.append(Step("ec2", "ModifyVpcAttribute", {"VpcId": vpc_id, attribute: {"Value": True}}, region))
                undo.insert(
                    0, Step("ec2", "ModifyVpcAttribute", {"VpcId": vpc_id, attribute: {"Value": False}}, region)
                )
    endpoint = next(_endpoints(network, access), None)
    if endpoint is not None and endpoint.private_dns is False:
        where = {"VpcEndpointId": endpoint.id}
        steps.append(Step("ec2", "ModifyVpcEndpoint", {**where, "PrivateDnsEnabled": True}, region))
        undo.insert(0, Step("ec2", "ModifyVpcEndpoint", {**where, "PrivateDnsEnabled": False}, region))
    if not steps:
        return None
    return Candidate(
        "switches on private DNS for the endpoint",
        tuple(steps),
        tuple(undo),
        notes=("Every client in the VPC then calls Secrets Manager through this endpoint.",),
    )


def _acl_entry(network: Network, access: Access, blocker: Blocker) -> Candidate | None:
    """Add one entry before the one that denies."""
    egress, first, last = _ACL_LEGS[str(blocker.code)]
    acl = None if isinstance(network.network_acls, Unknown) else network.network_acls.get(blocker.resource)
    if acl is None or isinstance(acl.entries, Unknown):
        return None
    number = _free_number(acl.entries, egress=egress)
    if number is None:
        return None
    cidr = _other_side(network, access)
    where = {"NetworkAclId": acl.id, "RuleNumber": number, "Egress": egress}
    entry = {
        **where,
        "Protocol": "6",
        "RuleAction": "allow",
        "CidrBlock": cidr,
        "PortRange": {"From": first, "To": last},
    }
    return Candidate(
        f"adds one entry to {acl.id}, before the one that denies",
        (Step("ec2", "CreateNetworkAclEntry", entry, access.function.region),),
        (Step("ec2", "DeleteNetworkAclEntry", where, access.function.region),),
    )


def _free_number(entries: tuple[AclEntry, ...], *, egress: bool) -> int | None:
    """Return a free number below every entry of the direction."""
    lowest = min((entry.number for entry in entries if entry.egress is egress), default=100)
    return lowest - 1 if lowest > 1 else None


def _other_side(network: Network, access: Access) -> str:
    """Return the narrowest block that holds the other end: the VPC's own, when the path is an endpoint in it."""
    if access.reach is None or access.reach.endpoint is None or isinstance(network.vpcs, Unknown):
        return "0.0.0.0/0"
    for subnet in _subnets(network, access):
        vpc = network.vpcs.get(subnet.vpc)
        if vpc is not None and vpc.cidrs:
            return str(vpc.cidrs[0])
    return "0.0.0.0/0"


def _create_endpoint(network: Network, access: Access) -> Candidate | None:
    """Create an interface endpoint with private DNS, with a security group of its own, in the function's subnets."""
    function = access.function
    subnets = _subnets(network, access)
    vpcs = {subnet.vpc for subnet in subnets}
    if len(vpcs) != 1 or not function.security_groups or access.reach is None:
        return None
    vpc = next(iter(vpcs))
    zones: dict[str, str] = {}
    for subnet in subnets:
        zones.setdefault(subnet.az or subnet.id, subnet.id)  # an endpoint takes one subnet in each zone
    service = f"com.amazonaws.{function.region}.{access.reach.name.split('.')[0]}"
    name = f"smsl-secretsmanager-{vpc}"
    region = function.region
    switched = _names(network, access)
    first = tuple(step for step in (switched.steps if switched else ()) if step.operation == "ModifyVpcAttribute")
    back = tuple(step for step in (switched.undo if switched else ()) if step.operation == "ModifyVpcAttribute")
    parameters = {"GroupName": name, "Description": "Secrets Manager endpoint", "VpcId": vpc}
    group = Step("ec2", "CreateSecurityGroup", parameters, region, bind="GROUP", query="GroupId")
    admit = {"GroupId": "$GROUP", "IpPermissions": _rule(groups=function.security_groups[:1])}
    create = {
        "VpcEndpointType": "Interface",
        "VpcId": vpc,
        "ServiceName": service,
        "SubnetIds": sorted(zones.values()),
        "SecurityGroupIds": ["$GROUP"],
        "PrivateDnsEnabled": True,
    }
    return Candidate(
        "creates an interface endpoint with private DNS and a security group of its own",
        (
            *first,
            group,
            Step("ec2", "AuthorizeSecurityGroupIngress", admit, region),
            Step("ec2", "CreateVpcEndpoint", create, region, bind="ENDPOINT", query="VpcEndpoint.VpcEndpointId"),
        ),
        (*_remove_endpoint(vpc, service, name, region), *back),
        notes=(
            "An interface endpoint is billed by the hour and zone: https://aws.amazon.com/privatelink/pricing/",
            "It takes a few minutes; every client in the VPC then calls Secrets Manager through it.",
            "Undone, the endpoint takes minutes to go: its security group can be deleted only then.",
        ),
    )


def _remove_endpoint(vpc: str, service: str, name: str, region: str) -> tuple[Step, ...]:
    find = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "service-name", "Values": [service]}]
    group = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": [name]}]
    return (
        Step(
            "ec2",
            "DescribeVpcEndpoints",
            {"Filters": find},
            region,
            bind="ENDPOINT",
            query="VpcEndpoints[0].VpcEndpointId",
        ),
        Step("ec2", "DeleteVpcEndpoints", {"VpcEndpointIds": ["$ENDPOINT"]}, region),
        Step(
            "ec2", "DescribeSecurityGroups", {"Filters": group}, region, bind="GROUP", query="SecurityGroups[0].GroupId"
        ),
        Step("ec2", "DeleteSecurityGroup", {"GroupId": "$GROUP"}, region),
    )
