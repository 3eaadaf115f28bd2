"""An account's network as AWS would describe it: VPCs with three zones each, endpoints or NAT gateways, full filters.

`Account` answers the calls that smsl makes from rows that it makes once, so a reading needs no server.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from smsl.sources.aws.facts import Answer, Call, Failure

ACCOUNT, REGION = "111122223333", "eu-west-1"
ZONES = "abc"
FUNCTIONS_A_VPC, GROUPS_A_VPC = 20, 40
GROUPS_OF_FUNCTIONS = GROUPS_A_VPC - 2
LISTS = {
    "pl-6da54004": ("com.amazonaws.eu-west-1.s3", "AWS", ["3.5.64.0/21", "52.92.0.0/17", "52.218.0.0/17"]),
    "pl-0c0ffee": ("offices", ACCOUNT, [f"10.224.{i}.0/24" for i in range(20)] + ["192.0.2.0/24"]),
}
OPEN = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})

Row = dict[str, Any]


def subnet_id(vpc: int, kind: str, zone: str) -> str:
    return f"subnet-{vpc:04}{kind}{zone}"


def group_id(vpc: int, number: int) -> str:
    """The first group is the endpoint's, the second every function's of the VPC, the others are for one or two."""
    return f"sg-{vpc:04}{number:04}"


def rule(*, cidrs: Sequence[str] = (), groups: Sequence[str] = (), lists: Sequence[str] = (), port: int = 443) -> Row:
    return {
        "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "Ipv6Ranges": [],
        "IpRanges": [{"CidrIp": each} for each in cidrs],
        "UserIdGroupPairs": [{"GroupId": each, "UserId": ACCOUNT} for each in groups],
        "PrefixListIds": [{"PrefixListId": each} for each in lists],
    }  # fmt: skip


def has_endpoint(vpc: int) -> bool:
    """Two VPCs of three have an endpoint, two of three NAT gateways."""
    return vpc % 3 != 1


def has_nat(vpc: int) -> bool:
    return vpc % 3 != 0


def block(vpc: int) -> str:
    return str(ip_network((int(ip_network("10.0.0.0/8").network_address) + vpc * 4096, 20)))


def subnets(vpc: int) -> list[Row]:
    parts = list(ip_network(block(vpc)).subnets(new_prefix=24))
    return [
        {
            "SubnetId": subnet_id(vpc, kind, zone), "VpcId": f"vpc-{vpc:04}", "OwnerId": ACCOUNT,
            "AvailabilityZone": f"{REGION}{zone}", "AvailabilityZoneId": f"euw1-az{ZONES.index(zone) + 1}",
            "CidrBlock": str(parts[4 * "fp".index(kind) + ZONES.index(zone)]), "AvailableIpAddressCount": 200,
            "Ipv6CidrBlockAssociationSet": [], "Ipv6Native": False,
            "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        }
        for kind in "fp"
        for zone in ZONES
    ]  # fmt: skip


def tables(vpc: int) -> Iterable[Row]:
    """One table for each private subnet, one for the public ones, and the main table."""

    def table(name: str, routes: list[Row], associations: list[Row]) -> Row:
        local = {"DestinationCidrBlock": block(vpc), "GatewayId": "local", "State": "active"}
        return {
            "RouteTableId": f"rtb-{vpc:04}{name}", "VpcId": f"vpc-{vpc:04}", "Routes": [local, *routes],
            "Associations": [{"AssociationState": {"State": "associated"}, **each} for each in associations],
        }  # fmt: skip

    everywhere = {"DestinationCidrBlock": "0.0.0.0/0", "State": "active"}
    for zone in ZONES:
        routes: list[Row] = [
            {"DestinationPrefixListId": "pl-6da54004", "GatewayId": f"vpce-{vpc:04}s3", "State": "active"}
        ]
        if has_nat(vpc):
            routes.append({**everywhere, "NatGatewayId": f"nat-{vpc:04}{zone}"})
        yield table(f"f{zone}", routes, [{"Main": False, "SubnetId": subnet_id(vpc, "f", zone)}])
    public = [{"Main": False, "SubnetId": subnet_id(vpc, "p", zone)} for zone in ZONES]
    yield table("p", [{**everywhere, "GatewayId": f"igw-{vpc:04}"}], public)
    yield table("main", [], [{"Main": True}])


def acls(vpc: int) -> Iterable[Row]:
    """The private subnets' list has twelve rules a direction; the public subnets' is the default one."""

    def entry(number: int, *, egress: bool, allow: bool, cidr: str = "0.0.0.0/0", ports: Sequence[int] = ()) -> Row:
        limit: Row = {"Protocol": "6", "PortRange": {"From": ports[0], "To": ports[1]}} if ports else {"Protocol": "-1"}
        action = "allow" if allow else "deny"
        return {"RuleNumber": number, "Egress": egress, "RuleAction": action, "CidrBlock": cidr, **limit}

    for kind in "fp":
        entries = []
        for egress in (True, False):
            if kind == "f":
                denied = [f"198.18.{i}.0/24" for i in range(6)]
                entries += [entry(50 + i, egress=egress, allow=False, cidr=each) for i, each in enumerate(denied)]
                entries += [entry(100 + i, egress=egress, allow=True, ports=(p, p)) for i, p in enumerate((443, 5432))]
                entries += [entry(120, egress=egress, allow=True, cidr=block(vpc))]
                entries += [entry(130, egress=egress, allow=False, ports=(22, 22))]
                entries += [entry(140, egress=egress, allow=True, ports=(1024, 65535))]
            else:
                entries += [entry(100, egress=egress, allow=True)]
            entries += [entry(32767, egress=egress, allow=False)]
        associations = [{"SubnetId": subnet_id(vpc, kind, zone)} for zone in ZONES]
        yield {
            "NetworkAclId": f"acl-{vpc:04}{kind}", "VpcId": f"vpc-{vpc:04}", "Entries": entries,
            "Associations": associations,
        }  # fmt: skip


def groups(vpc: int) -> Iterable[Row]:
    functions = [group_id(vpc, number) for number in range(1, GROUPS_A_VPC)]
    offices = rule(lists=["pl-0c0ffee"], port=22)

    def group(number: int, ingress: list[Row], egress: list[Row]) -> Row:
        return {
            "GroupId": group_id(vpc, number), "VpcId": f"vpc-{vpc:04}", "IpPermissions": ingress,
            "IpPermissionsEgress": egress,
        }  # fmt: skip

    yield group(0, [rule(groups=functions), offices], [])
    yield group(1, [], [rule(lists=["pl-6da54004"]), rule(cidrs=[block(vpc)], port=5432)])
    for number in range(2, GROUPS_A_VPC):
        out = rule(cidrs=["0.0.0.0/0"]) if has_nat(vpc) else rule(groups=[group_id(vpc, 0)])
        near = rule(groups=[group_id(vpc, 2 + number % GROUPS_OF_FUNCTIONS)], port=8443)
        yield group(number, [near, offices], [out, near, rule(lists=["pl-0c0ffee"])])


def endpoints(vpc: int) -> Iterable[Row]:
    common: Row = {"VpcId": f"vpc-{vpc:04}", "OwnerId": ACCOUNT, "State": "available", "PolicyDocument": OPEN}
    s3 = f"com.amazonaws.{REGION}.s3"
    yield {**common, "VpcEndpointId": f"vpce-{vpc:04}s3", "VpcEndpointType": "Gateway", "ServiceName": s3}
    if has_endpoint(vpc):
        name = f"vpce-{vpc:04}"
        yield {
            **common, "VpcEndpointId": name, "VpcEndpointType": "Interface", "IpAddressType": "ipv4",
            "ServiceName": f"com.amazonaws.{REGION}.secretsmanager", "PrivateDnsEnabled": True,
            "Groups": [{"GroupId": group_id(vpc, 0)}], "DnsOptions": {"DnsRecordIpType": "ipv4"},
            "NetworkInterfaceIds": [f"eni-{vpc:04}{zone}" for zone in ZONES],
            "SubnetIds": [subnet_id(vpc, "f", zone) for zone in ZONES],
            "DnsEntries": [{"DnsName": f"{name}-x.secretsmanager.{REGION}.vpce.amazonaws.com"}],
        }  # fmt: skip


def interfaces(vpc: int) -> Iterable[Row]:
    parts = list(ip_network(block(vpc)).subnets(new_prefix=24))
    for i, zone in enumerate(ZONES if has_endpoint(vpc) else ""):
        yield {
            "NetworkInterfaceId": f"eni-{vpc:04}{zone}", "VpcId": f"vpc-{vpc:04}", "InterfaceType": "vpc_endpoint",
            "SubnetId": subnet_id(vpc, "f", zone), "Groups": [{"GroupId": group_id(vpc, 0)}], "Ipv6Addresses": [],
            "PrivateIpAddresses": [{"PrivateIpAddress": str(parts[i][10])}],
        }  # fmt: skip


def gateways(vpc: int) -> Iterable[Row]:
    for zone in ZONES if has_nat(vpc) else "":
        yield {
            "NatGatewayId": f"nat-{vpc:04}{zone}", "VpcId": f"vpc-{vpc:04}", "SubnetId": subnet_id(vpc, "p", zone),
            "State": "available", "ConnectivityType": "public", "AvailabilityMode": "zonal",
            "NatGatewayAddresses": [{"PublicIp": "198.51.100.9", "Status": "succeeded"}],
        }  # fmt: skip


def of_vpc(vpc: int) -> Row:
    return {
        "VpcId": f"vpc-{vpc:04}", "OwnerId": ACCOUNT, "CidrBlock": block(vpc), "DhcpOptionsId": "dopt-1",
        "CidrBlockAssociationSet": [{"CidrBlock": block(vpc), "CidrBlockState": {"State": "associated"}}],
        "Ipv6CidrBlockAssociationSet": [], "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
    }  # fmt: skip


def attached(vpc: int) -> Row:
    attachment = {"State": "available", "VpcId": f"vpc-{vpc:04}"}
    return {"InternetGatewayId": f"igw-{vpc:04}", "VpcId": f"vpc-{vpc:04}", "Attachments": [attachment]}


MAKERS: Mapping[str, tuple[str, str, Callable[[int], Iterable[Row]]]] = {
    "DescribeVpcs": ("Vpcs", "VpcId", lambda vpc: [of_vpc(vpc)]),
    "DescribeSubnets": ("Subnets", "SubnetId", subnets),
    "DescribeRouteTables": ("RouteTables", "RouteTableId", tables),
    "DescribeNetworkAcls": ("NetworkAcls", "NetworkAclId", acls),
    "DescribeSecurityGroups": ("SecurityGroups", "GroupId", groups),
    "DescribeVpcEndpoints": ("VpcEndpoints", "VpcEndpointId", endpoints),
    "DescribeNetworkInterfaces": ("NetworkInterfaces", "NetworkInterfaceId", interfaces),
    "DescribeNatGateways": ("NatGateways", "NatGatewayId", gateways),
    "DescribeInternetGateways": ("InternetGateways", "InternetGatewayId", lambda vpc: [attached(vpc)]),
}
"""By operation: the member, the id, and the rows of one VPC."""
FILTERS = {
    "vpc-id": "VpcId", "attachment.vpc-id": "VpcId", "group-id": "GroupId", "service-name": "ServiceName",
    "nat-gateway-id": "NatGatewayId", "route-table-id": "RouteTableId",
}  # fmt: skip
OTHERS: Mapping[str, Row] = {
    "DescribeDhcpOptions": {
        "DhcpOptions": [
            {
                "DhcpOptionsId": "dopt-1",
                "DhcpConfigurations": [{"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}],
            }
        ]
    },
    "DescribeVpcBlockPublicAccessOptions": {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}},
    "DescribeVpcBlockPublicAccessExclusions": {"VpcBlockPublicAccessExclusions": []},
    "ListHostedZonesByVPC": {"HostedZoneSummaries": []},
    "ListResolverRuleAssociations": {"ResolverRuleAssociations": []},
    "ListFirewallRuleGroupAssociations": {"FirewallRuleGroupAssociations": []},
}


class Account:
    """The rows of some VPCs, and what AWS answers about them."""

    def __init__(self, vpcs: int) -> None:
        self.vpcs = vpcs
        self.rows = {
            operation: [row for vpc in range(vpcs) for row in make(vpc)] for operation, (_, _, make) in MAKERS.items()
        }
        self.found: dict[tuple[str, str], dict[str, list[Row]]] = {}

    def answer(self, call: Call) -> Answer:
        """Return what a call about the network answers."""
        asked = call.parameters
        match call.operation:
            case "DescribeVpcAttribute":
                name = "EnableDnsSupport" if asked["Attribute"] == "enableDnsSupport" else "EnableDnsHostnames"
                return {"VpcId": asked["VpcId"], name: {"Value": True}}
            case "GetManagedPrefixListEntries":
                return {"Entries": [{"Cidr": each} for each in LISTS[asked["PrefixListId"]][2]]}
            case operation if operation in MAKERS:
                member, key, _ = MAKERS[operation]
                for each in asked.get("Filters") or asked.get("Filter") or []:
                    return {member: self._by(operation, FILTERS[each["Name"]], each["Values"])}
                return {member: self._by(operation, key, asked[f"{key}s"])}
            case operation:
                return OTHERS.get(operation) or Failure("absent", "ResourceNotFoundException")

    def _by(self, operation: str, key: str, values: Iterable[str]) -> list[Row]:
        if (operation, key) not in self.found:
            index = self.found[operation, key] = {}
            for row in self.rows[operation]:
                index.setdefault(row[key], []).append(row)
        return [row for value in values for row in self.found[operation, key].get(value, [])]

    def case(self) -> Row:
        """Return everything at once, in the shape that ``smsl reach`` reads."""
        names = [f"vpc-{vpc:04}" for vpc in range(self.vpcs)]
        flags = {"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}}
        nothing = {
            "DescribeEgressOnlyInternetGateways": {"EgressOnlyInternetGateways": []},
            "DescribeVpcPeeringConnections": {"VpcPeeringConnections": []},
            "DescribeTransitGatewayVpcAttachments": {"TransitGatewayVpcAttachments": []},
            "DescribeTransitGatewayRouteTables": {"TransitGatewayRouteTables": []},
            "GetTransitGatewayRouteTableAssociations": {}, "SearchTransitGatewayRoutes": {},
        }  # fmt: skip
        lists = [{"PrefixListId": n, "PrefixListName": name, "OwnerId": o} for n, (name, o, _) in LISTS.items()]
        entries = {n: {"Entries": [{"Cidr": each} for each in cidrs]} for n, (_, _, cidrs) in LISTS.items()}
        return {
            "region": REGION, "account_id": ACCOUNT,
            "ec2": {
                **{operation: {MAKERS[operation][0]: rows} for operation, rows in self.rows.items()},
                **nothing, **OTHERS, "DescribeVpcAttribute": dict.fromkeys(names, flags),
                "DescribeManagedPrefixLists": {"PrefixLists": lists}, "GetManagedPrefixListEntries": entries,
            },
            "route53": {
                "ListHostedZonesByVPC": {name: {"HostedZoneSummaries": []} for name in names},
                "ListResourceRecordSets": {},
            },
            "route53resolver": {**OTHERS, "ListResolverRules": {"ResolverRules": []}},
        }  # fmt: skip

    def configurations(self) -> Iterable[Row]:
        """Yield each function's VpcConfig: three subnets, the VPC's common group and two more."""
        for vpc in range(self.vpcs):
            for i in range(FUNCTIONS_A_VPC):
                own = (group_id(vpc, 2 + i), group_id(vpc, GROUPS_A_VPC - FUNCTIONS_A_VPC + i))
                yield {
                    "VpcId": f"vpc-{vpc:04}",
                    "SubnetIds": [subnet_id(vpc, "f", zone) for zone in ZONES],
                    "SecurityGroupIds": [group_id(vpc, 1), *own],
                }
