"""Builds the network of a ``smsl reach`` case in the lab, call by call, as the owner of an account would.

A case is Describe answers, written by hand; this makes the calls whose answers they would be. What comes out differs in
ids and in the IPv6 blocks that AWS hands out, and in nothing else.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import boto3

from smsl.lab.account import Lab
from smsl.lab.stage import IN_VPC, Stage, make_function, make_role, make_secret, may_read, open_stage

Row = dict[str, Any]

_LAST_RULES = (32767, 32768)
_TARGETS = (
    "GatewayId", "NatGatewayId", "EgressOnlyInternetGatewayId", "TransitGatewayId", "VpcPeeringConnectionId",
    "NetworkInterfaceId",
)  # fmt: skip


@cache
def client(service: str, region: str, url: str) -> Any:
    """Return a client of the lab at an address."""
    return boto3.client(service, region_name=region, endpoint_url=url)


@cache
def stage_of(url: str) -> Stage:
    """Return the clients that build an account in the lab at an address."""
    return open_stage(url)


def inhabited(lab: Lab, case: Mapping[str, Any], name: str = "checkout", environment: Row | None = None) -> Row:
    """Build a case, put a function and its secret into it, and return the case's ids with the lab's."""
    builder = Builder(case, lab.url)
    builder.build()
    stage = stage_of(lab.url)
    secret = make_secret(stage, f"prod/{name}/db")
    make_role(stage, f"{name}-exec", [may_read(secret)], managed=IN_VPC)
    make_function(stage, name, {"DB_SECRET_ARN": secret, **(environment or {})})
    function = case["function"]
    place = {
        "SubnetIds": [builder.ids[each] for each in function["SubnetIds"]],
        "SecurityGroupIds": [builder.ids[each] for each in function["SecurityGroupIds"]],
        "Ipv6AllowedForDualStack": function["Ipv6AllowedForDualStack"],
    }
    stage.functions.update_function_configuration(FunctionName=name, VpcConfig=place)
    return builder.ids


class Builder:
    """The calls that make one case, and the ids that came of them."""

    def __init__(self, case: Mapping[str, Any], url: str) -> None:
        self.case = case
        self.region = str(case["region"])
        self.url = url
        self.ec2 = client("ec2", self.region, url)
        self.ids: dict[str, str] = {}
        """The case's ids to the lab's."""
        self.blocks: list[tuple[Any, Any]] = []
        """The case's IPv6 blocks to those that the lab handed out."""

    def build(self) -> None:
        """Make everything, what others stand on first."""
        for step in (
            self._dhcp_options, self._vpcs, self._subnets, self._prefix_lists, self._groups, self._gateways, self._acls,
            self._instances, self._nat_gateways, self._peerings, self._transit, self._endpoints, self._rules,
            self._tables, self._zones, self._resolver_rules, self._attributes, self._public_access,
        ):  # fmt: skip
            step()

    def rows(self, operation: str, member: str, service: str = "ec2") -> list[Row]:
        """Return the rows of a Describe answer."""
        found: list[Row] = self.case.get(service, {}).get(operation, {}).get(member, [])
        return found

    def keyed(self, operation: str, service: str = "ec2") -> dict[str, Row]:
        """Return the answers of an operation that is asked one by one."""
        found: dict[str, Row] = self.case.get(service, {}).get(operation, {})
        return found

    def block(self, cidr: str) -> str:
        """Return an address block as it is in the lab."""
        wanted: Any = ipaddress.ip_network(cidr)
        for ours, theirs in self.blocks:
            if wanted.version == 6 and wanted.subnet_of(ours):
                offset = int(wanted.network_address) - int(ours.network_address)
                return f"{theirs.network_address + offset}/{wanted.prefixlen}"
        return cidr

    def _dhcp_options(self) -> None:
        for row in self.rows("DescribeDhcpOptions", "DhcpOptions"):
            configurations = [
                {"Key": each["Key"], "Values": [value["Value"] for value in each["Values"]]}
                for each in row["DhcpConfigurations"]
            ]
            made = self.ec2.create_dhcp_options(DhcpConfigurations=configurations)["DhcpOptions"]
            self.ids[row["DhcpOptionsId"]] = made["DhcpOptionsId"]

    def _vpcs(self) -> None:
        for row in self.rows("DescribeVpcs", "Vpcs"):
            six = [each["Ipv6CidrBlock"] for each in row.get("Ipv6CidrBlockAssociationSet", [])]
            vpc = self.ec2.create_vpc(CidrBlock=row["CidrBlock"], AmazonProvidedIpv6CidrBlock=bool(six))["Vpc"]
            made = self.ids[row["VpcId"]] = vpc["VpcId"]
            given = [each["Ipv6CidrBlock"] for each in vpc.get("Ipv6CidrBlockAssociationSet", [])]
            self.blocks += [
                (ipaddress.ip_network(ours), ipaddress.ip_network(theirs))
                for ours, theirs in zip(six, given, strict=True)
            ]
            for each in row.get("CidrBlockAssociationSet", []):
                if each["CidrBlock"] != row["CidrBlock"]:
                    self.ec2.associate_vpc_cidr_block(VpcId=made, CidrBlock=each["CidrBlock"])
            self.ec2.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
            if row.get("DhcpOptionsId") in self.ids:
                self.ec2.associate_dhcp_options(VpcId=made, DhcpOptionsId=self.ids[row["DhcpOptionsId"]])

    def _attributes(self) -> None:
        """Turn DNS attributes off last: an endpoint with private DNS could not have been made without them."""
        for vpc, row in self.keyed("DescribeVpcAttribute").items():
            for name in ("EnableDnsSupport", "EnableDnsHostnames"):
                if not row[name]["Value"]:
                    self.ec2.modify_vpc_attribute(VpcId=self.ids[vpc], **{name: {"Value": False}})

    def _subnets(self) -> None:
        for row in self.rows("DescribeSubnets", "Subnets"):
            six = [self.block(each["Ipv6CidrBlock"]) for each in row.get("Ipv6CidrBlockAssociationSet", [])]
            made = self.ec2.create_subnet(
                VpcId=self.ids[row["VpcId"]],
                CidrBlock=row["CidrBlock"],
                AvailabilityZone=row["AvailabilityZone"],
                **({"Ipv6CidrBlock": six[0]} if six else {}),
            )
            self.ids[row["SubnetId"]] = made["Subnet"]["SubnetId"]

    def _prefix_lists(self) -> None:
        entries = self.keyed("GetManagedPrefixListEntries")
        for name, row in entries.items():
            listed = [{"Cidr": self.block(each["Cidr"])} for each in row["Entries"]]
            made = self.ec2.create_managed_prefix_list(
                PrefixListName=name,
                MaxEntries=10,
                AddressFamily="IPv6" if ":" in listed[0]["Cidr"] else "IPv4",
                Entries=listed,
            )
            self.ids[name] = made["PrefixList"]["PrefixListId"]

    def _groups(self) -> None:
        for row in self.rows("DescribeSecurityGroups", "SecurityGroups"):
            name = row["GroupId"].removeprefix("sg-")
            made = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.ids[row["VpcId"]])
            self.ids[row["GroupId"]] = made["GroupId"]
            (described,) = self.ec2.describe_security_groups(GroupIds=[made["GroupId"]])["SecurityGroups"]
            all_out = described["IpPermissionsEgress"]
            self.ec2.revoke_security_group_egress(GroupId=made["GroupId"], IpPermissions=all_out)

    def _rules(self) -> None:
        for row in self.rows("DescribeSecurityGroups", "SecurityGroups"):
            group = self.ids[row["GroupId"]]
            inbound = [self._permission(each) for each in row["IpPermissions"]]
            outbound = [self._permission(each) for each in row["IpPermissionsEgress"]]
            if inbound:
                self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=inbound)
            if outbound:
                self.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=outbound)

    def _permission(self, row: Row) -> Row:
        made = {name: row[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in row}
        made["IpRanges"] = [{"CidrIp": each["CidrIp"]} for each in row["IpRanges"]]
        made["Ipv6Ranges"] = [{"CidrIpv6": self.block(each["CidrIpv6"])} for each in row["Ipv6Ranges"]]
        made["PrefixListIds"] = [{"PrefixListId": self.ids[each["PrefixListId"]]} for each in row["PrefixListIds"]]
        made["UserIdGroupPairs"] = [
            {name: self.ids[each[name]] for name in ("GroupId", "VpcPeeringConnectionId") if name in each}
            for each in row["UserIdGroupPairs"]
        ]
        return {name: value for name, value in made.items() if value != []}

    def _gateways(self) -> None:
        for row in self.rows("DescribeVpnGateways", "VpnGateways"):
            made = self.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
            self.ids[row["VpnGatewayId"]] = made
            self.ec2.attach_vpn_gateway(VpnGatewayId=made, VpcId=self.ids[row["VpcAttachments"][0]["VpcId"]])
        for row in self.rows("DescribeInternetGateways", "InternetGateways"):
            made = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
            self.ids[row["InternetGatewayId"]] = made
            for each in row["Attachments"]:
                self.ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=self.ids[each["VpcId"]])
        for row in self.rows("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"):
            vpc = self.ids[row["Attachments"][0]["VpcId"]]
            made = self.ec2.create_egress_only_internet_gateway(VpcId=vpc)["EgressOnlyInternetGateway"]
            self.ids[row["EgressOnlyInternetGatewayId"]] = made["EgressOnlyInternetGatewayId"]

    def _acls(self) -> None:
        for row in self.rows("DescribeNetworkAcls", "NetworkAcls"):
            made = self.ec2.create_network_acl(VpcId=self.ids[row["VpcId"]])["NetworkAcl"]["NetworkAclId"]
            self.ids[row["NetworkAclId"]] = made
            for entry in row["Entries"]:
                if entry["RuleNumber"] not in _LAST_RULES:
                    self.ec2.create_network_acl_entry(NetworkAclId=made, **self._entry(entry))
            for association in row["Associations"]:
                subnet = self.ids[association["SubnetId"]]
                before = self.ec2.describe_network_acls(
                    Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
                )["NetworkAcls"][0]
                (old,) = (each for each in before["Associations"] if each["SubnetId"] == subnet)
                self.ec2.replace_network_acl_association(
                    AssociationId=old["NetworkAclAssociationId"], NetworkAclId=made
                )

    def _entry(self, entry: Row) -> Row:
        made = dict(entry)
        if "Ipv6CidrBlock" in made:
            made["Ipv6CidrBlock"] = self.block(made["Ipv6CidrBlock"])
        return made

    def _instances(self) -> None:
        """Make the interfaces of NAT instances, each in an instance."""
        for row in self.rows("DescribeNetworkInterfaces", "NetworkInterfaces"):
            if row["InterfaceType"] != "interface":
                continue
            made = self.ec2.create_network_interface(
                SubnetId=self.ids[row["SubnetId"]],
                PrivateIpAddress=row["PrivateIpAddress"],
                Groups=[self.ids[each["GroupId"]] for each in row["Groups"]],
            )["NetworkInterface"]["NetworkInterfaceId"]
            self.ids[row["NetworkInterfaceId"]] = made
            image = self.ec2.register_image(Name="nat", RootDeviceName="/dev/xvda")["ImageId"]
            attached = [{"NetworkInterfaceId": made, "DeviceIndex": 0}]
            self.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=attached)
            check = {"Value": row["SourceDestCheck"]}
            self.ec2.modify_network_interface_attribute(NetworkInterfaceId=made, SourceDestCheck=check)
            if row.get("Association"):
                self.ec2.associate_address(AllocationId=self._address(), NetworkInterfaceId=made)

    def _nat_gateways(self) -> None:
        for row in self.rows("DescribeNatGateways", "NatGateways"):
            kind = row.get("ConnectivityType", "public")
            more: Row = {}
            if row.get("AvailabilityMode") == "regional":
                zones = [
                    {"AvailabilityZone": each["AvailabilityZone"], "AllocationIds": [self._address()]}
                    for each in row["NatGatewayAddresses"]
                ]
                more = {"AvailabilityMode": "regional", "VpcId": self.ids[row["VpcId"]]}
                more |= {"AvailabilityZoneAddresses": zones} if row["AutoProvisionZones"] == "disabled" else {}
            else:
                more = {"SubnetId": self.ids[row["SubnetId"]]}
                more |= {"AllocationId": self._address()} if kind == "public" else {}
            made = self.ec2.create_nat_gateway(ConnectivityType=kind, **more)["NatGateway"]
            self.ids[row["NatGatewayId"]] = made["NatGatewayId"]
            if row.get("RouteTableId"):
                self.ids[row["RouteTableId"]] = made["RouteTableId"]

    def _address(self) -> str:
        return str(self.ec2.allocate_address(Domain="vpc")["AllocationId"])

    def _peerings(self) -> None:
        for row in self.rows("DescribeVpcPeeringConnections", "VpcPeeringConnections"):
            made = self.ec2.create_vpc_peering_connection(
                VpcId=self.ids[row["RequesterVpcInfo"]["VpcId"]], PeerVpcId=self.ids[row["AccepterVpcInfo"]["VpcId"]]
            )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
            self.ids[row["VpcPeeringConnectionId"]] = made
            if row["Status"]["Code"] == "active":
                self.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made)

    def _transit(self) -> None:
        gateways = {
            row["TransitGatewayId"]
            for operation, member in (
                ("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"),
                ("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables"),
            )
            for row in self.rows(operation, member)
        }
        own = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
        for gateway in sorted(gateways):
            made = self.ec2.create_transit_gateway(Options=own)["TransitGateway"]["TransitGatewayId"]
            self.ids[gateway] = made
        for row in self.rows("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"):
            attachment = self.ec2.create_transit_gateway_vpc_attachment(
                TransitGatewayId=self.ids[row["TransitGatewayId"]],
                VpcId=self.ids[row["VpcId"]],
                SubnetIds=[self.ids[each] for each in row["SubnetIds"]],
            )["TransitGatewayVpcAttachment"]
            self.ids[row["TransitGatewayAttachmentId"]] = attachment["TransitGatewayAttachmentId"]
        for row in self.rows("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables"):
            table = self.ec2.create_transit_gateway_route_table(TransitGatewayId=self.ids[row["TransitGatewayId"]])
            made = table["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
            self.ids[row["TransitGatewayRouteTableId"]] = made
        for name, answer in self.keyed("GetTransitGatewayRouteTableAssociations").items():
            for each in answer["Associations"]:
                self.ec2.associate_transit_gateway_route_table(
                    TransitGatewayRouteTableId=self.ids[name],
                    TransitGatewayAttachmentId=self.ids[each["TransitGatewayAttachmentId"]],
                )
        for name, answer in self.keyed("SearchTransitGatewayRoutes").items():
            for each in answer["Routes"]:
                self._transit_route(self.ids[name], each)

    def _transit_route(self, table: str, route: Row) -> None:
        attachments = route.get("TransitGatewayAttachments") or []
        if route.get("Type") == "propagated":
            self.ec2.enable_transit_gateway_route_table_propagation(
                TransitGatewayRouteTableId=table,
                TransitGatewayAttachmentId=self.ids[attachments[0]["TransitGatewayAttachmentId"]],
            )
            return
        towards: Row = {"Blackhole": True}
        if route["State"] != "blackhole":
            towards = {"TransitGatewayAttachmentId": self.ids[attachments[0]["TransitGatewayAttachmentId"]]}
        self.ec2.create_transit_gateway_route(
            DestinationCidrBlock=route["DestinationCidrBlock"], TransitGatewayRouteTableId=table, **towards
        )

    def _endpoints(self) -> None:
        interfaces = {
            row["NetworkInterfaceId"]: row for row in self.rows("DescribeNetworkInterfaces", "NetworkInterfaces")
        }
        for row in self.rows("DescribeVpcEndpoints", "VpcEndpoints"):
            if row["VpcEndpointType"] == "GatewayLoadBalancer":
                made = self.ec2.create_vpc_endpoint(
                    VpcEndpointType=row["VpcEndpointType"],
                    VpcId=self.ids[row["VpcId"]],
                    ServiceName=row["ServiceName"],
                    SubnetIds=[self.ids[each] for each in row["SubnetIds"]],
                )["VpcEndpoint"]
                self.ids[row["VpcEndpointId"]] = made["VpcEndpointId"]
            if row["VpcEndpointType"] != "Interface":
                continue
            own = [interfaces[each] for each in row["NetworkInterfaceIds"]]
            made = self.ec2.create_vpc_endpoint(
                VpcEndpointType=row["VpcEndpointType"],
                VpcId=self.ids[row["VpcId"]],
                ServiceName=row["ServiceName"],
                SubnetIds=[self.ids[each["SubnetId"]] for each in own],
                SubnetConfigurations=[self._addresses(each) for each in own],
                SecurityGroupIds=[self.ids[each["GroupId"]] for each in row["Groups"]],
                PrivateDnsEnabled=row["PrivateDnsEnabled"],
                IpAddressType=row["IpAddressType"],
                DnsOptions=row["DnsOptions"],
                PolicyDocument=row["PolicyDocument"],
            )["VpcEndpoint"]
            self.ids[row["VpcEndpointId"]] = made["VpcEndpointId"]
            names = zip(row["DnsEntries"], made["DnsEntries"], strict=False)  # the private name comes last, if at all
            self.ids |= {ours["DnsName"]: theirs["DnsName"] for ours, theirs in names}
            self.ids |= dict(zip(row["NetworkInterfaceIds"], made["NetworkInterfaceIds"], strict=True))

    def _addresses(self, interface: Row) -> Row:
        made = {"SubnetId": self.ids[interface["SubnetId"]], "Ipv4": interface["PrivateIpAddress"]}
        for each in interface.get("Ipv6Addresses", []):
            made["Ipv6"] = self.block(each["Ipv6Address"]).partition("/")[0]
        return made

    def _tables(self) -> None:
        for row in self.rows("DescribeRouteTables", "RouteTables"):
            vpc = self.ids[row["VpcId"]]
            made = self.ids.get(row["RouteTableId"], "")
            if made:  # a regional NAT gateway brought its own
                self.ec2.delete_route(RouteTableId=made, DestinationCidrBlock="0.0.0.0/0")
            elif any(each.get("Main") for each in row["Associations"]):
                filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
                made = self.ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]
            else:
                made = self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
            self.ids[row["RouteTableId"]] = made
            for each in row["Associations"]:
                if each.get("SubnetId"):
                    self.ec2.associate_route_table(RouteTableId=made, SubnetId=self.ids[each["SubnetId"]])
            for route in row["Routes"]:
                if route.get("GatewayId") != "local":
                    self._route(made, row["VpcId"], route)

    def _gateway_endpoint(self, table: str, name: str) -> None:
        """Make an endpoint whose route AWS itself adds to the table."""
        (row,) = (row for row in self.rows("DescribeVpcEndpoints", "VpcEndpoints") if row["VpcEndpointId"] == name)
        made = self.ec2.create_vpc_endpoint(
            VpcEndpointType="Gateway",
            VpcId=self.ids[row["VpcId"]],
            ServiceName=row["ServiceName"],
            RouteTableIds=[table],
        )
        self.ids[name] = made["VpcEndpoint"]["VpcEndpointId"]

    def _route(self, table: str, vpc: str, route: Row) -> None:
        if route.get("DestinationPrefixListId") and str(route.get("GatewayId")).startswith("vpce-"):
            self._gateway_endpoint(table, route["GatewayId"])
            return
        destination: Row = {}
        for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock"):
            if route.get(name):
                destination[name] = self.block(route[name])
        if route.get("DestinationPrefixListId"):
            destination["DestinationPrefixListId"] = self.ids[route["DestinationPrefixListId"]]
        (kind,) = (name for name in _TARGETS if route.get(name))
        if route["State"] == "blackhole":
            target, remove = self._doomed(kind, self.ids[vpc])
            self.ec2.create_route(RouteTableId=table, **{kind: target}, **destination)
            remove()
        else:
            self.ec2.create_route(RouteTableId=table, **{kind: self.ids[route[kind]]}, **destination)

    def _doomed(self, kind: str, vpc: str) -> tuple[str, Callable[[], object]]:
        """Make the target of a route that shall be a black hole; return its id and what deletes it."""
        ec2 = self.ec2
        subnet = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][0]["SubnetId"]
        match kind:
            case "NatGatewayId":
                made = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"][kind]
                return made, lambda: ec2.delete_nat_gateway(NatGatewayId=made)
            case "NetworkInterfaceId":
                made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"][kind]
                return made, lambda: ec2.delete_network_interface(NetworkInterfaceId=made)
            case "EgressOnlyInternetGatewayId":
                made = ec2.create_egress_only_internet_gateway(VpcId=vpc)["EgressOnlyInternetGateway"][kind]
                return made, lambda: ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=made)
            case "VpcPeeringConnectionId":
                other = ec2.create_vpc(CidrBlock="10.250.0.0/16")["Vpc"]["VpcId"]
                made = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"][kind]
                ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made)
                return made, lambda: ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=made)
            case "TransitGatewayId":
                made = ec2.create_transit_gateway()["TransitGateway"][kind]
                attached = ec2.create_transit_gateway_vpc_attachment(
                    TransitGatewayId=made, VpcId=vpc, SubnetIds=[subnet]
                )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]

                def remove() -> None:
                    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attached)
                    ec2.delete_transit_gateway(TransitGatewayId=made)

                return made, remove
            case _:
                made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
                ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
                return made, lambda: ec2.detach_internet_gateway(InternetGatewayId=made, VpcId=vpc)

    def _zones(self) -> None:
        route53 = client("route53", self.region, self.url)
        zones: dict[str, tuple[str, list[str]]] = {}
        for vpc, answer in self.keyed("ListHostedZonesByVPC", "route53").items():
            for row in answer["HostedZoneSummaries"]:
                zones.setdefault(row["HostedZoneId"], (row["Name"], []))[1].append(self.ids[vpc])
        for name, (domain, vpcs) in zones.items():
            first, *others = ({"VPCRegion": self.region, "VPCId": vpc} for vpc in vpcs)
            private = {"PrivateZone": True}
            made = route53.create_hosted_zone(Name=domain, CallerReference=name, VPC=first, HostedZoneConfig=private)[
                "HostedZone"
            ]["Id"]
            self.ids[name] = made
            for each in others:
                route53.associate_vpc_with_hosted_zone(HostedZoneId=made, VPC=each)
            records = self.keyed("ListResourceRecordSets", "route53").get(name, {}).get("ResourceRecordSets", [])
            changes = [{"Action": "CREATE", "ResourceRecordSet": self._record(row)} for row in records]
            if changes:
                route53.change_resource_record_sets(HostedZoneId=made, ChangeBatch={"Changes": changes})

    def _record(self, row: Row) -> Row:
        alias = row.get("AliasTarget")
        if not alias:
            values = [each["Value"] for each in row["ResourceRecords"]]
            named = [{"Value": self.ids.get(value.rstrip("."), value)} for value in values]
            return {"TTL": 60, **row, "ResourceRecords": named}
        target = alias["DNSName"].rstrip(".")
        name = self.ids.get(target, target)
        return {
            **row,
            "AliasTarget": {"DNSName": f"{name}.", "HostedZoneId": "Z38GZ743OKFT7T", "EvaluateTargetHealth": False},
        }

    def _resolver_rules(self) -> None:
        resolver = client("route53resolver", self.region, self.url)
        for row in self.rows("ListResolverRules", "ResolverRules", "route53resolver"):
            more: Row = {}
            if row["RuleType"] == "FORWARD":
                more["ResolverEndpointId"] = self._resolver_endpoint(resolver)
                more["TargetIps"] = [{"Ip": "192.168.0.53", "Port": 53}]
            made = resolver.create_resolver_rule(
                CreatorRequestId=row["Id"],
                Name=row["Id"],
                RuleType=row["RuleType"],
                DomainName=row["DomainName"],
                **more,
            )["ResolverRule"]["Id"]
            self.ids[row["Id"]] = made
        for row in self.rows("ListResolverRuleAssociations", "ResolverRuleAssociations", "route53resolver"):
            resolver.associate_resolver_rule(
                Name=row["ResolverRuleId"], ResolverRuleId=self.ids[row["ResolverRuleId"]], VPCId=self.ids[row["VPCId"]]
            )

    def _resolver_endpoint(self, resolver: Any) -> str:
        subnets = [self.ids[each] for each in self.case["function"]["SubnetIds"]]
        vpc = self.ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
        group = self.ec2.create_security_group(GroupName="resolver", Description="resolver", VpcId=vpc)["GroupId"]
        made = resolver.create_resolver_endpoint(
            CreatorRequestId="outbound",
            SecurityGroupIds=[group],
            Direction="OUTBOUND",
            IpAddresses=[{"SubnetId": each} for each in subnets],
        )
        return str(made["ResolverEndpoint"]["Id"])

    def _public_access(self) -> None:
        """Block public access where the case says so: everywhere, but for what the case leaves open."""
        states = {
            row[name]: row.get("BlockPublicAccessStates", {}).get("InternetGatewayBlockMode", "off")
            for operation, member, name in (
                ("DescribeVpcs", "Vpcs", "VpcId"),
                ("DescribeSubnets", "Subnets", "SubnetId"),
            )
            for row in self.rows(operation, member)
        }
        modes = {mode for mode in states.values() if mode != "off"}
        if not modes:
            return
        mode = "block-bidirectional" if "block-bidirectional" in modes else "block-ingress"
        self.ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode=mode)
        for name, own in states.items():
            if own != mode and name.startswith("subnet-"):
                self.ec2.create_vpc_block_public_access_exclusion(
                    InternetGatewayExclusionMode="allow-bidirectional" if own == "off" else "allow-egress",
                    SubnetId=self.ids[name],
                )
