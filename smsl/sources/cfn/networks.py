"""The parts of networks, each by the function of its type."""

from __future__ import annotations

from collections.abc import Mapping

from smsl.sources.cfn import endpoints, filters, routing, vpcs
from smsl.sources.cfn.stack import Reader

READERS: Mapping[str, Reader] = {
    "AWS::EC2::DHCPOptions": vpcs.options,
    "AWS::EC2::EgressOnlyInternetGateway": routing.egress_only_gateway,
    "AWS::EC2::GatewayRouteTableAssociation": routing.table_use,
    "AWS::EC2::InternetGateway": routing.internet_gateway,
    "AWS::EC2::NatGateway": routing.nat_gateway,
    "AWS::EC2::NetworkAcl": filters.acl,
    "AWS::EC2::NetworkAclEntry": filters.acl_entry,
    "AWS::EC2::PrefixList": vpcs.prefix_list,
    "AWS::EC2::Route": routing.route,
    "AWS::EC2::RouteTable": routing.table,
    "AWS::EC2::SecurityGroup": filters.group,
    "AWS::EC2::SecurityGroupEgress": filters.group_rule,
    "AWS::EC2::SecurityGroupIngress": filters.group_rule,
    "AWS::EC2::Subnet": vpcs.subnet,
    "AWS::EC2::SubnetCidrBlock": vpcs.subnet_block,
    "AWS::EC2::SubnetNetworkAclAssociation": filters.acl_use,
    "AWS::EC2::SubnetRouteTableAssociation": routing.table_use,
    "AWS::EC2::TransitGatewayAttachment": vpcs.transit_attachment,
    "AWS::EC2::TransitGatewayVpcAttachment": vpcs.transit_attachment,
    "AWS::EC2::VPC": vpcs.vpc,
    "AWS::EC2::VPCCidrBlock": vpcs.vpc_block,
    "AWS::EC2::VPCDHCPOptionsAssociation": vpcs.options_use,
    "AWS::EC2::VPCEndpoint": endpoints.endpoint,
    "AWS::EC2::VPCGatewayAttachment": routing.attachment,
    "AWS::EC2::VPCPeeringConnection": vpcs.peering,
    "AWS::Route53::HostedZone": endpoints.zone,
    "AWS::Route53::RecordSet": endpoints.record,
    "AWS::Route53::RecordSetGroup": endpoints.record_group,
}
