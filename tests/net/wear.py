"""Networks of every kind, worn: a base network with a few random changes, all within what the oracle can follow."""

from __future__ import annotations

import copy
import random
from typing import Any

Case = dict[str, Any]
BLOCKS = {
    4: ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "10.0.1.0/25", "10.0.1.128/25", "10.0.2.0/24",
        "10.0.11.0/24", "10.0.11.10/32", "10.0.12.0/24", "10.0.21.0/24", "10.9.0.0/16", "10.9.1.0/24", "10.9.2.10/32",
        "10.9.3.0/24", "192.168.0.0/16", "0.0.0.0/1", "128.0.0.0/1", "52.0.0.0/8"],
    6: ["::/0", "2a05:d01c:12:3400::/56", "2a05:d01c:12:3401::/64", "2a05:d01c:12:3411::10/128", "2600::/12"],
}  # fmt: skip
PORTS = [(443, 443), (0, 65535), (1024, 65535), (1024, 32767), (32768, 65535), (32768, 60999), (3389, 3389), (80, 80)]


def wear(case: Case, rng: random.Random, times: int) -> Case:
    """Return a copy of a network with some changes."""
    case = copy.deepcopy(case)
    for _ in range(times):
        rng.choice(CHANGES)(case, rng)
    return case


def _block(rng: random.Random) -> str:
    return rng.choice(BLOCKS[6 if rng.random() < 0.2 else 4])


def entry(rng: random.Random, action: str) -> dict[str, Any]:
    """Return a network ACL's entry."""
    block, ports = _block(rng), rng.choice([None, *PORTS])
    made: dict[str, Any] = {"RuleNumber": rng.randint(1, 300), "Egress": rng.random() < 0.5, "RuleAction": action}
    made["Ipv6CidrBlock" if ":" in block else "CidrBlock"] = block
    made["Protocol"] = rng.choice(["-1", "17"]) if ports is None else "6"
    return made if ports is None else {**made, "PortRange": {"From": ports[0], "To": ports[1]}}


def _acl(case: Case, rng: random.Random) -> None:
    acl = rng.choice(case["ec2"]["DescribeNetworkAcls"]["NetworkAcls"])
    new = entry(rng, rng.choice(["allow", "deny"]))
    if all((e["RuleNumber"], e["Egress"]) != (new["RuleNumber"], new["Egress"]) for e in acl["Entries"]):
        acl["Entries"].insert(rng.randint(0, len(acl["Entries"])), new)


def _acl_entry_gone(case: Case, rng: random.Random) -> None:
    acl = rng.choice(case["ec2"]["DescribeNetworkAcls"]["NetworkAcls"])
    if acl["Entries"]:
        del acl["Entries"][rng.randrange(len(acl["Entries"]))]


def _acl_narrow(case: Case, rng: random.Random) -> None:
    """Let an ACL allow a few things instead of everything."""
    acl = rng.choice(case["ec2"]["DescribeNetworkAcls"]["NetworkAcls"])
    numbers = rng.sample(range(1, 200), 6)
    acl["Entries"] = [{**entry(rng, "allow"), "RuleNumber": n} for n in numbers]


def _acl_pierced(case: Case, rng: random.Random) -> None:
    """Deny a few ports or addresses before an ACL allows everything."""
    acl = rng.choice(case["ec2"]["DescribeNetworkAcls"]["NetworkAcls"])
    denied = [{**entry(rng, "deny"), "RuleNumber": n} for n in rng.sample(range(1, 99), 2)]
    kept = [{**entry(rng, "allow"), "RuleNumber": n} for n in rng.sample(range(1, 99), 2)]
    taken = {(e["RuleNumber"], e["Egress"]) for e in acl["Entries"]}
    new = {(e["RuleNumber"], e["Egress"]): e for e in [*denied, *kept]}
    acl["Entries"] += [e for key, e in new.items() if key not in taken]


def _acl_moved(case: Case, rng: random.Random) -> None:
    """Put a subnet under another ACL of its VPC."""
    acls = case["ec2"]["DescribeNetworkAcls"]["NetworkAcls"]
    one = rng.choice([a for a in acls if a["Associations"]])
    other = rng.choice([a for a in acls if a["VpcId"] == one["VpcId"]])
    other["Associations"].append(one["Associations"].pop())


def rule(case: Case, rng: random.Random) -> dict[str, Any]:
    """Return a security group's rule."""
    groups = [g["GroupId"] for g in case["ec2"]["DescribeSecurityGroups"]["SecurityGroups"]]
    made: dict[str, Any] = {"IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
    block = _block(rng)
    if rng.random() < 0.3:
        made["UserIdGroupPairs"] = [{"GroupId": rng.choice(groups)}]
    elif ":" in block:
        made["Ipv6Ranges"] = [{"CidrIpv6": block}]
    else:
        made["IpRanges"] = [{"CidrIp": block}]
    if rng.random() < 0.2:
        return {**made, "IpProtocol": "-1"}
    ports = rng.choice(PORTS)
    return {**made, "IpProtocol": rng.choice(["tcp", "tcp", "udp"]), "FromPort": ports[0], "ToPort": ports[1]}


def _group(case: Case, rng: random.Random) -> None:
    group = rng.choice(case["ec2"]["DescribeSecurityGroups"]["SecurityGroups"])
    member = rng.choice(["IpPermissions", "IpPermissionsEgress"])
    kept = group[member] if rng.random() < 0.4 else []
    group[member] = [*kept, *(rule(case, rng) for _ in range(rng.randint(0, 3)))]


TARGETS = [
    ("GatewayId", "igw-a"), ("GatewayId", "igw-h"), ("GatewayId", "vgw-1"), ("GatewayId", "vpce-fw"),
    ("NatGatewayId", "nat-a"), ("NatGatewayId", "nat-h"), ("NatGatewayId", "nat-r"), ("NatGatewayId", "nat-gone"),
    ("TransitGatewayId", "tgw-1"), ("VpcPeeringConnectionId", "pcx-1"), ("NetworkInterfaceId", "eni-i"),
    ("EgressOnlyInternetGatewayId", "eigw-a"),
]  # fmt: skip


def _route(case: Case, rng: random.Random) -> None:
    table, block = rng.choice(case["ec2"]["DescribeRouteTables"]["RouteTables"]), _block(rng)
    member = "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
    name, target = rng.choice(TARGETS)
    table["Routes"] = [r for r in table["Routes"] if r.get(member) != block]
    state = rng.choice(["active", "active", "active", "blackhole"])
    table["Routes"].append({member: block, name: target, "State": state, "Origin": "CreateRoute"})


def _route_gone(case: Case, rng: random.Random) -> None:
    table = rng.choice(case["ec2"]["DescribeRouteTables"]["RouteTables"])
    added = [r for r in table["Routes"] if r.get("GatewayId") != "local"]
    if added:
        table["Routes"].remove(rng.choice(added))


def _table_of_main(case: Case, rng: random.Random) -> None:
    table = rng.choice(case["ec2"]["DescribeRouteTables"]["RouteTables"])
    explicit = [a for a in table["Associations"] if not a["Main"]]
    if explicit:
        table["Associations"].remove(rng.choice(explicit))


def _endpoint(case: Case, rng: random.Random) -> None:
    for endpoint in case["ec2"]["DescribeVpcEndpoints"]["VpcEndpoints"]:
        match rng.randrange(5):
            case 0:
                endpoint["State"] = rng.choice(["failed", "Available", "deleting", "rejected"])
            case 1:
                endpoint["PrivateDnsEnabled"] = not endpoint["PrivateDnsEnabled"]
            case 2 if len(endpoint["NetworkInterfaceIds"]) > 1:
                endpoint["NetworkInterfaceIds"].pop(rng.randrange(2))
            case 3:
                endpoint["ServiceName"] = f"com.amazonaws.eu-west-1.{rng.choice(['ssm', 'secretsmanager-fips'])}"
            case _ if endpoint["IpAddressType"] == "dualstack":
                endpoint["DnsOptions"]["DnsRecordIpType"] = rng.choice(["ipv4", "ipv6"])
            case _:
                pass


def _interface(case: Case, rng: random.Random) -> None:
    """Move an endpoint's interface into another subnet of its VPC, or change a NAT instance."""
    rows = case["ec2"]["DescribeNetworkInterfaces"]["NetworkInterfaces"]
    if not rows:
        return
    eni = rng.choice(rows)
    if eni["InterfaceType"] == "interface":
        eni["SourceDestCheck"] = rng.random() < 0.5
        if rng.random() < 0.3:
            eni.pop("Association", None)
        return
    near = [s for s in case["ec2"]["DescribeSubnets"]["Subnets"] if s["VpcId"] == eni["VpcId"]]
    subnet = rng.choice(near)
    eni["SubnetId"] = subnet["SubnetId"]
    eni["PrivateIpAddress"] = subnet["CidrBlock"].replace(".0/24", ".40")
    eni["PrivateIpAddresses"] = [{"Primary": True, "PrivateIpAddress": eni["PrivateIpAddress"]}]


def _names(case: Case, rng: random.Random) -> None:
    route53, resolver = case["route53"], case["route53resolver"]
    match rng.randrange(5):
        case 0 | 1:
            name = rng.choice(["EnableDnsSupport", "EnableDnsHostnames"])
            case["ec2"]["DescribeVpcAttribute"]["vpc-a"][name] = {"Value": False}
        case 2:
            servers = rng.choice([["10.0.0.2"], ["10.0.0.53"], ["10.0.0.53", "AmazonProvidedDNS"]])
            for options in case["ec2"]["DescribeDhcpOptions"]["DhcpOptions"]:
                values = [{"Value": s} for s in servers]
                options["DhcpConfigurations"] = [{"Key": "domain-name-servers", "Values": values}]
        case 3:
            domain = rng.choice(["amazonaws.com.", "eu-west-1.amazonaws.com.", "example.com."])
            row = {"HostedZoneId": "Z7", "Name": domain, "Owner": {"OwningAccount": "111122223333"}}
            route53["ListHostedZonesByVPC"]["vpc-a"]["HostedZoneSummaries"].append(row)
            route53["ListResourceRecordSets"]["Z7"] = {"ResourceRecordSets": []}
        case _:
            number = len(resolver["ListResolverRules"]["ResolverRules"])
            domain = rng.choice([".", "amazonaws.com.", "secretsmanager.eu-west-1.amazonaws.com.", "example.com."])
            if all(r["DomainName"] != domain for r in resolver["ListResolverRules"]["ResolverRules"]):
                kind = rng.choice(["FORWARD", "SYSTEM"])
                row = {"Id": f"rslvr-rr-{number}", "DomainName": domain, "RuleType": kind}
                resolver["ListResolverRules"]["ResolverRules"].append(row)
                resolver["ListResolverRuleAssociations"]["ResolverRuleAssociations"].append(
                    {"ResolverRuleId": row["Id"], "VPCId": "vpc-a", "Status": "COMPLETE"}
                )


def _gateway(case: Case, rng: random.Random) -> None:
    """Change a NAT gateway, or detach an internet or egress-only gateway."""
    ec2 = case["ec2"]
    gateways = [*ec2["DescribeInternetGateways"]["InternetGateways"]]
    gateways += ec2["DescribeEgressOnlyInternetGateways"]["EgressOnlyInternetGateways"]
    if rng.random() < 0.3 and gateways:
        rng.choice(gateways)["Attachments"] = []
    for nat in ec2["DescribeNatGateways"]["NatGateways"]:
        match rng.randrange(4):
            case 0:
                nat["State"] = rng.choice(["pending", "failed", "deleted"])
            case 1 if "SubnetId" in nat:
                nat["ConnectivityType"] = "private"
            case 2 if "SubnetId" in nat:
                near = [s["SubnetId"] for s in ec2["DescribeSubnets"]["Subnets"] if s["VpcId"] == nat["VpcId"]]
                nat["SubnetId"] = rng.choice(near)
            case _ if nat["AvailabilityMode"] == "regional":
                nat["AutoProvisionZones"] = rng.choice(["enabled", "disabled"])
                nat["NatGatewayAddresses"] = nat["NatGatewayAddresses"][:-1]
                return
            case _:
                pass


def _blocked(case: Case, rng: random.Random) -> None:
    row = rng.choice([*case["ec2"]["DescribeSubnets"]["Subnets"], *case["ec2"]["DescribeVpcs"]["Vpcs"]])
    mode = rng.choice(["off", "block-ingress", "block-bidirectional"])
    row["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": mode}


def _function(case: Case, rng: random.Random) -> None:
    function = case["function"]
    match rng.randrange(4):
        case 0:
            function["SubnetIds"] = [rng.choice(["subnet-fa", "subnet-fb", "subnet-ea", "subnet-pa"])]
        case 1:
            function["Ipv6AllowedForDualStack"] = not function["Ipv6AllowedForDualStack"]
        case 2:
            function["SecurityGroupIds"] = rng.choice([["sg-fn", "sg-other"], ["sg-other"]])
        case _:
            subnet = rng.choice(case["ec2"]["DescribeSubnets"]["Subnets"])
            subnet["Ipv6CidrBlockAssociationSet"] = []


def _joined(case: Case, rng: random.Random) -> None:
    """Change a peering or a transit gateway."""
    ec2 = case["ec2"]
    for peering in ec2["DescribeVpcPeeringConnections"]["VpcPeeringConnections"]:
        match rng.randrange(3):
            case 0:
                peering["Status"]["Code"] = rng.choice(["deleted", "pending-acceptance"])
            case 1:
                peering["AccepterVpcInfo"]["Region"] = "us-east-1"
            case _:
                peering["AccepterVpcInfo"]["VpcId"] = "vpc-z"
    for attachment in ec2["DescribeTransitGatewayVpcAttachments"]["TransitGatewayVpcAttachments"]:
        if rng.random() < 0.3:
            near = [s["SubnetId"] for s in ec2["DescribeSubnets"]["Subnets"] if s["VpcId"] == attachment["VpcId"]]
            attachment["SubnetIds"] = [rng.choice(near)]
        elif rng.random() < 0.1:
            attachment["State"] = rng.choice(["pending", "modifying", "failed"])
    for found in ec2["SearchTransitGatewayRoutes"].values():
        _transit_route(found["Routes"], rng)
    for found in ec2["GetTransitGatewayRouteTableAssociations"].values():
        if rng.random() < 0.1:
            found["Associations"].pop()


def _transit_route(rows: list[dict[str, Any]], rng: random.Random) -> None:
    if rng.random() < 0.3:
        rows.pop(rng.randrange(len(rows)))
    if rng.random() < 0.5:
        block = rng.choice([b for b in BLOCKS[4] if all(r["DestinationCidrBlock"] != b for r in rows)])
        name = rng.choice(["tgw-attach-a", "tgw-attach-h", "tgw-attach-vpn"])
        ends = [{"ResourceType": "vpc", "TransitGatewayAttachmentId": name}]
        row = {"DestinationCidrBlock": block, "Type": rng.choice(["static", "propagated"])}
        shut = rng.random() < 0.3
        rows.append(
            {**row, "State": "blackhole"} if shut else {**row, "State": "active", "TransitGatewayAttachments": ends}
        )


CHANGES = (
    *(
        _acl,
        _acl,
        _acl_entry_gone,
        _acl_narrow,
        _acl_pierced,
        _acl_pierced,
        _acl_pierced,
        _acl_moved,
        _group,
        _group,
        _group,
        _route,
        _route,
        _route_gone,
    ),
    *(_table_of_main, _endpoint, _interface, _names, _gateway, _blocked, _function, _joined, _joined),
)
