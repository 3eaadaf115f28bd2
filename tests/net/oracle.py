"""A second opinion: one packet at a time, straight from the Describe answers, sharing no code with the solver.

`opinion` sends concrete packets (source address, source port, destination) from a subnet of the function and their
replies back, and adds up what became of them. What cannot be followed is `UnsureError`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

PORTS = {1024, 1025, 5000, 20000, 32767, 32768, 49152, 60999, 61000, 65534, 65535}
PUBLIC = {
    4: ["1.1.1.1", "18.200.7.9", "52.94.1.1", "99.80.3.4", "127.255.255.255", "128.0.0.1", "203.1.2.3", "223.255.0.1"],
    6: ["2600:1f18::1", "2a05:d07a:a000::1", "2000::1", "3000:ffff::1"],
}
AMAZON = {"amazonprovideddns", "169.254.169.253", "fd00:ec2::253"}


class UnsureError(Exception):
    """The packet goes where no answer tells what happens."""


@dataclass(frozen=True)
class Packet:
    """A request; its reply goes from ``dst`` port 443 to ``src`` port ``port``."""

    src: str
    port: int
    dst: str


class World:
    """The answers of a case, by id."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case, ec2 = case, case["ec2"]
        self.ec2 = ec2
        self.subnets = {s["SubnetId"]: s for s in ec2["DescribeSubnets"]["Subnets"]}
        self.vpcs = {v["VpcId"]: v for v in ec2["DescribeVpcs"]["Vpcs"]}
        self.enis = {n["NetworkInterfaceId"]: n for n in ec2["DescribeNetworkInterfaces"]["NetworkInterfaces"]}
        self.groups = {g["GroupId"]: g for g in ec2["DescribeSecurityGroups"]["SecurityGroups"]}
        self.nats = {n["NatGatewayId"]: n for n in ec2["DescribeNatGateways"]["NatGateways"]}
        self.lists = {p["PrefixListId"]: p for p in ec2["DescribeManagedPrefixLists"]["PrefixLists"]}
        self.tables = ec2["DescribeRouteTables"]["RouteTables"]
        self.endpoints = ec2["DescribeVpcEndpoints"]["VpcEndpoints"]
        self.mine = case["function"]["SecurityGroupIds"]
        ends = [self.subnets[s] for s in case["function"]["SubnetIds"]]
        dual = all("CidrBlock" in s and s["Ipv6CidrBlockAssociationSet"] for s in ends)
        self.families = (4, 6) if case["function"].get("Ipv6AllowedForDualStack") and dual else (4,)

    def table(self, subnet: dict[str, Any]) -> dict[str, Any]:
        """Return the table of a subnet."""
        for table in self.tables:
            if any(a.get("SubnetId") == subnet["SubnetId"] for a in table["Associations"]):
                return table
        return next(
            t for t in self.tables if t["VpcId"] == subnet["VpcId"] and any(a["Main"] for a in t["Associations"])
        )

    def entries(self, name: str) -> list[str]:
        """Return the blocks of a prefix list."""
        found = self.ec2["GetManagedPrefixListEntries"].get(name)
        if found is None:
            raise UnsureError
        return [e["Cidr"] for e in found["Entries"]]


@lru_cache(maxsize=100_000)
def holds(block: str, address: str) -> bool:
    """Tell whether a block holds an address."""
    net, ip = ip_network(block, strict=False), ip_address(address)
    return net.version == ip.version and ip in net


def acl_passes(world: World, subnet: str, address: str, port: int, *, egress: bool) -> bool:
    """Ask the ACL of a subnet about one packet."""
    acls = world.ec2["DescribeNetworkAcls"]["NetworkAcls"]
    acl = next(a for a in acls if any(x["SubnetId"] == subnet for x in a["Associations"]))
    for rule in sorted(acl["Entries"], key=lambda r: r["RuleNumber"]):
        block = rule.get("CidrBlock") or rule["Ipv6CidrBlock"]
        span = rule.get("PortRange", {"From": 0, "To": 65535}) if rule["Protocol"] == "6" else {"From": 0, "To": 65535}
        same = rule["Egress"] is egress and rule["Protocol"] in ("-1", "6") and holds(block, address)
        if same and span["From"] <= port <= span["To"]:
            return bool(rule["RuleAction"] == "allow")
    return False


def group_passes(world: World, groups: list[str], remote: str, theirs: list[str], *, egress: bool) -> bool:
    """Ask security groups about a packet to port 443; ``theirs`` are the remote groups that count."""
    for rule in (r for g in groups for r in world.groups[g]["IpPermissionsEgress" if egress else "IpPermissions"]):
        protocol = rule["IpProtocol"]
        if protocol not in ("-1", "tcp", "6") or (protocol != "-1" and not rule["FromPort"] <= 443 <= rule["ToPort"]):
            continue
        blocks = [r["CidrIp"] for r in rule["IpRanges"]] + [r["CidrIpv6"] for r in rule["Ipv6Ranges"]]
        blocks += [b for p in rule["PrefixListIds"] for b in world.entries(p["PrefixListId"])]
        named = [p["GroupId"] for p in rule["UserIdGroupPairs"] if p.get("PeeringStatus", "active") == "active"]
        if any(holds(b, remote) for b in blocks) or any(g in theirs for g in named):
            return True
    return False


def route(world: World, table: dict[str, Any], address: str) -> dict[str, Any] | None:
    """Return the row that a packet takes."""
    best: tuple[int, int] = (-1, 0)
    taken = None
    for row in table["Routes"]:
        block = row.get("DestinationCidrBlock") or row.get("DestinationIpv6CidrBlock")
        listed = row.get("DestinationPrefixListId")
        if row["State"] == "filtered" or (listed and row.get("GatewayId", "").startswith("vpce-")):
            continue
        rank = 3 if row.get("GatewayId") == "local" else 0 if row["Origin"].startswith("Enable") else 1 if listed else 2
        for one in [block] if block else world.entries(listed):
            if holds(one, address) and (ip_network(one).prefixlen, rank) > best:
                best, taken = (ip_network(one).prefixlen, rank), row
    return taken


def target(row: dict[str, Any] | None) -> tuple[str, str]:
    """Return what a row points at: its kind, by the beginning of its id, and the id."""
    if row is None or row["State"] == "blackhole":
        return "nowhere", ""
    names = ("NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId")
    for member in ("GatewayId", *names, "EgressOnlyInternetGatewayId"):
        if row.get(member):
            return row[member].split("-")[0], row[member]
    raise UnsureError


def zone(subnet: dict[str, Any]) -> str:
    """Return the zone of a subnet."""
    return str(subnet["AvailabilityZoneId"])


class Trip:
    """One packet from one subnet of the function."""

    def __init__(self, world: World, subnet: str, packet: Packet) -> None:
        self.world, self.packet = world, packet
        self.home = world.subnets[subnet]

    def arrives(self, eni: str = "") -> bool:
        """Tell whether request and reply pass; ``eni`` is the endpoint interface, or nothing for the service."""
        world, packet = self.world, self.packet
        kind, name = target(route(world, world.table(self.home), packet.dst))
        there = world.enis[eni] if eni else {"SubnetId": "", "VpcId": ""}
        theirs = [g["GroupId"] for g in there["Groups"]] if eni and self._refers(kind, name) else []
        if not group_passes(world, world.mine, packet.dst, theirs, egress=True):
            return False
        if there["SubnetId"] != self.home["SubnetId"] and not self._own_acl():
            return False
        if eni:
            return self._carried(kind, name, there["VpcId"], there["SubnetId"]) and self._received(there, kind, name)
        return self._out(kind, name)

    def _own_acl(self) -> bool:
        name = self.home["SubnetId"]
        return acl_passes(self.world, name, self.packet.dst, 443, egress=True) and acl_passes(
            self.world, name, self.packet.dst, self.packet.port, egress=False
        )

    def _refers(self, kind: str, name: str) -> bool:
        if kind == "pcx":
            ends = self._peering(name)
            return ends is not None and ends["AccepterVpcInfo"]["Region"] == ends["RequesterVpcInfo"]["Region"]
        return kind == "local"

    def _peering(self, name: str) -> dict[str, Any] | None:
        found = self.world.ec2["DescribeVpcPeeringConnections"]["VpcPeeringConnections"]
        return next((p for p in found if p["VpcPeeringConnectionId"] == name), None)

    def _carried(self, kind: str, name: str, vpc: str, subnet: str) -> bool:
        if kind in ("vpce", "eni", "vgw"):
            raise UnsureError
        if kind == "local":
            return bool(vpc == self.home["VpcId"])
        if kind == "pcx":
            found = self._peering(name)
            if found is None:
                raise UnsureError
            ends = {found["AccepterVpcInfo"]["VpcId"], found["RequesterVpcInfo"]["VpcId"]}
            return found["Status"]["Code"] == "active" and ends == {self.home["VpcId"], vpc}
        return kind == "tgw" and self._transits(name, vpc, self.world.subnets[subnet])

    def _received(self, there: dict[str, Any], kind: str, name: str) -> bool:
        world, packet, subnet = self.world, self.packet, there["SubnetId"]
        mine = world.mine if self._refers(kind, name) else []
        if not group_passes(world, [g["GroupId"] for g in there["Groups"]], packet.src, mine, egress=False):
            return False
        return self._filtered(subnet) and self._returns(subnet, kind, name)

    def _filtered(self, subnet: str) -> bool:
        """Ask the ACL of a far subnet about the request's source and the reply to it."""
        world, packet = self.world, self.packet
        return subnet == self.home["SubnetId"] or (
            acl_passes(world, subnet, packet.src, 443, egress=False)
            and acl_passes(world, subnet, packet.src, packet.port, egress=True)
        )

    def _returns(self, subnet: str, kind: str, name: str) -> bool:
        found = target(route(self.world, self.world.table(self.world.subnets[subnet]), self.packet.src))
        if found[0] in ("vpce", "eni"):
            raise UnsureError
        return found == (kind, name)

    def _attachment(self, gateway: str, vpc: str) -> dict[str, Any] | None:
        rows = self.world.ec2["DescribeTransitGatewayVpcAttachments"]["TransitGatewayVpcAttachments"]
        return next((a for a in rows if a["VpcId"] == vpc and a["TransitGatewayId"] == gateway), None)

    def _switch(self, attachment: str, address: str) -> dict[str, Any] | None:
        """Return the row of the attachment's transit gateway table that a packet takes."""
        tables = self.world.ec2["GetTransitGatewayRouteTableAssociations"]
        name = next(
            (
                t
                for t, found in tables.items()
                if any(
                    a["TransitGatewayAttachmentId"] == attachment and a["State"] == "associated"
                    for a in found["Associations"]
                )
            ),
            None,
        )
        rows = self.world.ec2["SearchTransitGatewayRoutes"][name]["Routes"] if name else []
        fit = [r for r in rows if holds(r["DestinationCidrBlock"], address)]
        return max(
            fit, key=lambda r: (ip_network(r["DestinationCidrBlock"]).prefixlen, r["Type"] == "static"), default=None
        )

    def _hands_over(self, attachment: dict[str, Any] | None, subnet: dict[str, Any]) -> bool:
        """Tell whether a subnet can hand packets to its VPC's attachment: one in its own zone."""
        if attachment is None or attachment["State"] not in ("available", "modifying"):
            return False
        return any(zone(self.world.subnets[s]) == zone(subnet) for s in attachment["SubnetIds"])

    def _beside(self, attachment: dict[str, Any], subnet: dict[str, Any]) -> list[str]:
        ends = [self.world.subnets[s] for s in attachment["SubnetIds"]]
        near = [s for s in ends if zone(s) == zone(subnet)] or ends
        return [s["SubnetId"] for s in near if s["SubnetId"] != subnet["SubnetId"]]

    def _transits(self, gateway: str, vpc: str, far: dict[str, Any] | None) -> bool:
        """Carry the packet through a transit gateway to a VPC (``far`` is the subnet there, if it matters) and back."""
        world, packet = self.world, self.packet
        near = self._attachment(gateway, self.home["VpcId"])
        if near is None or not self._hands_over(near, self.home):
            return False
        if not all(self._filtered(s) for s in self._beside(near, self.home)):
            return False
        row = self._switch(near["TransitGatewayAttachmentId"], packet.dst)
        if row is None or row["State"] != "active":
            return False
        reached = self._attachment(gateway, vpc)
        if (
            reached is None
            or row["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"]
            != reached["TransitGatewayAttachmentId"]
        ):
            raise UnsureError
        if far is not None and not (
            self._hands_over(reached, far)
            and all(
                acl_passes(world, s, packet.dst, 443, egress=True)
                and acl_passes(world, s, packet.dst, packet.port, egress=False)
                for s in self._beside(reached, far)
            )
        ):
            return False
        home = self._switch(reached["TransitGatewayAttachmentId"], packet.src)
        return (
            home is not None
            and home["State"] == "active"
            and home["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"] == near["TransitGatewayAttachmentId"]
        )

    def _out(self, kind: str, name: str) -> bool:
        """Send the packet to a public address."""
        if kind in ("vpce", "vgw"):
            raise UnsureError
        if ":" in self.packet.dst:
            return self._out_ipv6(kind, name)
        if kind == "nat":
            return self._translated(name, self.home, ("local", "local"))
        if kind == "eni":
            return self._through_instance(name)
        return kind == "tgw" and self._through_hub(name)

    def _mode(self, row: dict[str, Any]) -> str:
        return str(row["BlockPublicAccessStates"]["InternetGatewayBlockMode"])

    def _out_ipv6(self, kind: str, name: str) -> bool:
        mode = self._mode(self.home)
        if kind == "igw":
            return mode == "off" and self._at_gateway(name, self.home["VpcId"])
        if kind in ("tgw", "eni"):
            raise UnsureError
        rows = self.world.ec2["DescribeEgressOnlyInternetGateways"]["EgressOnlyInternetGateways"]
        ends = [a for g in rows if g["EgressOnlyInternetGatewayId"] == name for a in g["Attachments"]]
        attached = any(a["VpcId"] == self.home["VpcId"] and a["State"] == "attached" for a in ends)
        return kind == "eigw" and attached and mode != "block-bidirectional"

    def _at_gateway(self, name: str, vpc: str) -> bool:
        rows = self.world.ec2["DescribeInternetGateways"]["InternetGateways"]
        ends = [a for g in rows if g["InternetGatewayId"] == name for a in g["Attachments"]]
        return any(a["VpcId"] == vpc and a["State"] == "available" for a in ends)

    def _leaves(self, table: dict[str, Any], vpc: str) -> bool:
        kind, name = target(route(self.world, table, self.packet.dst))
        if kind in ("vpce", "eni", "tgw", "vgw"):
            raise UnsureError
        return kind == "igw" and self._at_gateway(name, vpc)

    def _from_subnet(self, subnet: str, back: tuple[str, str], *, blocked: tuple[str, ...]) -> bool:
        """Let something in a public subnet send the packet on and the reply home."""
        world, packet, end = self.world, self.packet, self.world.subnets[subnet]
        if self._mode(end) in blocked or not self._returns(subnet, *back):
            return False
        legs = subnet == self.home["SubnetId"] or (
            acl_passes(world, subnet, packet.dst, 443, egress=True)
            and acl_passes(world, subnet, packet.dst, packet.port, egress=False)
        )
        return legs and self._filtered(subnet) and self._leaves(world.table(end), end["VpcId"])

    def _translated(self, name: str, source: dict[str, Any], back: tuple[str, str]) -> bool:
        found = self.world.nats.get(name)
        if found is None:
            raise UnsureError
        if found["State"] != "available":
            return False
        if found["ConnectivityType"] == "private":
            kinds = target(route(self.world, self.world.table(self.world.subnets[found["SubnetId"]]), self.packet.dst))
            if kinds[0] in ("tgw", "vgw"):
                raise UnsureError
            return False
        if found["AvailabilityMode"] == "regional":
            zones = {a["AvailabilityZone"] for a in found["NatGatewayAddresses"] if a["Status"] == "succeeded"}
            table = next(t for t in self.world.tables if t["RouteTableId"] == found["RouteTableId"])
            served = found["AutoProvisionZones"] == "enabled" or source["AvailabilityZone"] in zones
            open_ = self._mode(self.world.vpcs[found["VpcId"]]) != "block-bidirectional"
            return served and open_ and self._leaves(table, found["VpcId"])
        return self._from_subnet(found["SubnetId"], back, blocked=("block-bidirectional",))

    def _through_instance(self, name: str) -> bool:
        eni = self.world.enis.get(name)
        if eni is None or eni["InterfaceType"] != "interface":
            raise UnsureError
        groups = [g["GroupId"] for g in eni["Groups"]]
        return (
            not eni["SourceDestCheck"]
            and bool(eni.get("Association"))
            and group_passes(self.world, groups, self.packet.src, self.world.mine, egress=False)
            and group_passes(self.world, groups, self.packet.dst, [], egress=True)
            and self._from_subnet(eni["SubnetId"], ("local", "local"), blocked=("block-bidirectional", "block-ingress"))
        )

    def _through_hub(self, gateway: str) -> bool:
        near = self._attachment(gateway, self.home["VpcId"])
        row = self._switch(near["TransitGatewayAttachmentId"], self.packet.dst) if near else None
        ends = row.get("TransitGatewayAttachments") if row and row["State"] == "active" else None
        rows = self.world.ec2["DescribeTransitGatewayVpcAttachments"]["TransitGatewayVpcAttachments"]
        hub = next(
            (a for a in rows if ends and a["TransitGatewayAttachmentId"] == ends[0]["TransitGatewayAttachmentId"]), None
        )
        if not self._transits(gateway, hub["VpcId"] if hub else "", None) or hub is None:
            return False
        entries = [self.world.subnets[s] for s in hub["SubnetIds"]]
        near_ends = [s for s in entries if zone(s) == zone(self.home)] or entries
        return all(self._on_from(gateway, hub, end) for end in near_ends)

    def _on_from(self, gateway: str, hub: dict[str, Any], end: dict[str, Any]) -> bool:
        kind, name = target(route(self.world, self.world.table(end), self.packet.dst))
        if kind in ("vpce", "eni", "tgw", "vgw"):
            raise UnsureError
        found = self.world.nats.get(name)
        if kind != "nat" or found is None or found["AvailabilityMode"] == "regional":
            return False
        public = self.world.subnets[found["SubnetId"]]
        beside = public["SubnetId"] == end["SubnetId"] or (
            acl_passes(self.world, end["SubnetId"], self.packet.dst, 443, egress=True)
            and acl_passes(self.world, end["SubnetId"], self.packet.dst, self.packet.port, egress=False)
        )
        return beside and self._hands_over(hub, public) and self._translated(name, end, ("tgw", gateway))


def resolve(world: World, vpc: str) -> list[str] | None:
    """Return the endpoint interfaces that the name stands for; empty for the public addresses, None for no answer."""
    options = {d["DhcpOptionsId"]: d for d in world.ec2["DescribeDhcpOptions"]["DhcpOptions"]}
    rows = options[world.vpcs[vpc]["DhcpOptionsId"]]["DhcpConfigurations"]
    servers = [v["Value"].lower() for r in rows if r["Key"] == "domain-name-servers" for v in r["Values"]]
    plus_two = str(ip_network(world.vpcs[vpc]["CidrBlock"]).network_address + 2)
    if not AMAZON & set(servers) and plus_two not in servers:
        raise UnsureError
    attributes = world.ec2["DescribeVpcAttribute"][vpc]
    if not attributes["EnableDnsSupport"]["Value"]:
        return None
    region = world.case.get("target_region") or world.case["region"]
    name, service = f"secretsmanager.{region}.amazonaws.com", f"com.amazonaws.{region}.secretsmanager"
    answers: list[tuple[int, int, str]] = []
    rules = world.case["route53resolver"]
    mine = {
        a["ResolverRuleId"]
        for a in rules["ListResolverRuleAssociations"]["ResolverRuleAssociations"]
        if a["VPCId"] == vpc
    }
    for rule in rules["ListResolverRules"]["ResolverRules"]:
        domain = rule["DomainName"].rstrip(".")
        if rule["Id"] in mine and (not domain or f".{name}".endswith(f".{domain}")):
            answers.append((len(domain), 2, rule["RuleType"]))
    if attributes["EnableDnsHostnames"]["Value"]:
        owners = [
            e for e in world.endpoints if e["VpcId"] == vpc and e["ServiceName"] == service and e["PrivateDnsEnabled"]
        ]
        if any(e["State"].lower() in ("pending", "partial") for e in owners):
            raise UnsureError
        answers += [(len(name), 1, "managed") for e in owners if e["State"].lower() == "available"]
        for summary in world.case["route53"]["ListHostedZonesByVPC"].get(vpc, {}).get("HostedZoneSummaries", []):
            domain = summary["Name"].rstrip(".")
            if f".{name}".endswith(f".{domain}") and not summary["Owner"].get("OwningService"):
                answers.append((len(domain), 0, summary["HostedZoneId"]))
    best = max(answers, default=(0, 1, "public"))
    if best[1] == 2 and best[2] == "FORWARD":
        raise UnsureError
    _, _, what = max((a for a in answers if a[1] < 2), default=(0, 1, "public"))
    if what == "public":
        return []
    if what == "managed":
        return [i for e in owners if e["State"].lower() == "available" for i in e["NetworkInterfaceIds"]]
    return in_zone(world, world.case["route53"]["ListResourceRecordSets"].get(what, {}), name, service)


def in_zone(world: World, records: dict[str, Any], name: str, service: str) -> list[str] | None:
    """Return the interfaces that a private hosted zone answers with."""
    found: list[str] = []
    values = [
        value.rstrip(".")
        for r in records["ResourceRecordSets"]
        if r["Name"].rstrip(".") == name and r["Type"] in ("A", "CNAME")
        for value in [
            *(v["Value"] for v in r.get("ResourceRecords", [])),
            *filter(None, [r.get("AliasTarget", {}).get("DNSName")]),
        ]
    ]
    for endpoint in (e for e in world.endpoints if e["ServiceName"] == service and e["State"].lower() == "available"):
        names = [d["DnsName"] for d in endpoint["DnsEntries"][:1]]
        all_of_them = bool(set(names) & set(values))
        enis = endpoint["NetworkInterfaceIds"]
        found += [eni for eni in enis if all_of_them or world.enis[eni]["PrivateIpAddress"] in values]
    if values and not found:
        return None
    return found or None


def sources(world: World, subnet: str, version: int) -> list[str]:
    """Return addresses of a subnet: its ends and both sides of whatever cuts it."""
    end = world.subnets[subnet]
    blocks = [end["CidrBlock"]] if version == 4 else [a["Ipv6CidrBlock"] for a in end["Ipv6CidrBlockAssociationSet"]]
    found = set()
    for block in map(ip_network, blocks):
        edges = {int(block[0]), int(block[-1]), *(edge for edge in edges_of(world, version))}
        found |= {
            str(ip_address(edge)) if version == 4 else str(block[edge - int(block[0])])
            for edge in edges
            if int(block[0]) <= edge <= int(block[-1])
        }
    return sorted(found)


def edges_of(world: World, version: int) -> Iterator[int]:
    """Yield the first and last address of every block that a filter or a route names, and their neighbours."""
    for block in blocks_of(world):
        net = ip_network(block, strict=False)
        if net.version == version:
            low, high = int(net[0]), int(net[-1])
            yield from (low - 1, low, high, high + 1)


def blocks_of(world: World) -> Iterator[str]:
    """Yield every block that a filter or a route names."""
    for acl in world.ec2["DescribeNetworkAcls"]["NetworkAcls"]:
        yield from (r.get("CidrBlock") or r["Ipv6CidrBlock"] for r in acl["Entries"])
    for group in world.groups.values():
        for rule in (*group["IpPermissions"], *group["IpPermissionsEgress"]):
            yield from (r["CidrIp"] for r in rule["IpRanges"])
            yield from (r["CidrIpv6"] for r in rule["Ipv6Ranges"])
    for table in world.tables:
        for row in table["Routes"]:
            block = row.get("DestinationCidrBlock") or row.get("DestinationIpv6CidrBlock")
            yield from [block] if block else []
    for rows in world.ec2["SearchTransitGatewayRoutes"].values():
        yield from (r["DestinationCidrBlock"] for r in rows["Routes"])


def ports_of(world: World) -> list[int]:
    """Return source ports: the usual ones and both sides of whatever cuts the range."""
    spans = [
        r["PortRange"]
        for a in world.ec2["DescribeNetworkAcls"]["NetworkAcls"]
        for r in a["Entries"]
        if "PortRange" in r
    ]
    cuts = {p for s in spans for p in (s["From"] - 1, s["From"], s["To"], s["To"] + 1)}
    return sorted(p for p in PORTS | cuts if 1024 <= p <= 65535)


def public(world: World, version: int) -> list[str]:
    """Return public addresses: some, and both sides of whatever cuts the space; none that AWS lists for other uses."""
    found = {str(ip_address(e)) for e in edges_of(world, version) if 0 < e < 2 ** (32 if version == 4 else 128)} | set(
        PUBLIC[version]
    )
    listed = [b for p in world.lists.values() if p["OwnerId"] == "AWS" for b in world.entries(p["PrefixListId"])]
    ours = [b["CidrBlock"] for v in world.vpcs.values() for b in v["CidrBlockAssociationSet"]]
    ours += [b["Ipv6CidrBlock"] for v in world.vpcs.values() for b in v["Ipv6CidrBlockAssociationSet"]]
    return sorted(
        a
        for a in found
        if ip_address(a).is_global
        and ip_address(a) not in ip_network("192.88.99.0/24")
        and not ip_address(a).is_multicast
        and not any(holds(b, a) for b in [*listed, *ours])
        and (version == 4 or holds("2000::/3", a))
    )


def opinion(case: dict[str, Any], subnet: str) -> str:
    """Return what became of the packets of a subnet: reachable, unreachable or partial.

    Raises:
        UnsureError: Some packet cannot be followed.
    """
    world = World(case)
    if "CidrBlock" not in world.subnets[subnet] or world.subnets[subnet]["Ipv6Native"]:
        return "unreachable"
    answer = resolve(world, world.subnets[subnet]["VpcId"])
    if answer is None:
        return "unreachable"
    fates = [set(fate(world, subnet, version, answer)) for version in world.families]
    fates = [each for each in fates if each] or [{False}]
    if {True} in fates:
        return "reachable"
    if UnsureError in set().union(*fates):
        raise UnsureError
    return "unreachable" if set().union(*fates) == {False} else "partial"


def fate(world: World, subnet: str, version: int, answer: list[str]) -> Iterator[Any]:
    """Yield what becomes of each packet of a family: True, False or UnsureError."""
    ends = (
        [(eni, a) for eni in answer for a in addresses(world, eni, version)]
        if answer
        else [("", a) for a in public(world, version)]
    )
    for eni, dst in ends:
        for src in sources(world, subnet, version):
            for port in ports_of(world):
                try:
                    yield Trip(world, subnet, Packet(src, port, dst)).arrives(eni)
                except UnsureError:
                    yield UnsureError


def addresses(world: World, eni: str, version: int) -> list[str]:
    """Return the addresses of a family that the endpoint of an interface publishes for it."""
    owner = next(e for e in world.endpoints if eni in e["NetworkInterfaceIds"])
    family = {"ipv4": (4,), "ipv6": (6,), "dualstack": (4, 6)}[owner["DnsOptions"]["DnsRecordIpType"]]
    found = world.enis[eni]
    both = {4: [found["PrivateIpAddress"]], 6: [a["Ipv6Address"] for a in found["Ipv6Addresses"]]}
    return both[version] if version in family else []
