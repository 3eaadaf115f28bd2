"""Steps on an endpoint: its private name, its policy, and a new one where there is none."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.fixes.places import endpoints_of, https_rule, subnets_of
from smsl.fixes.policies import Candidate, before, suffix_pattern
from smsl.model.evidence import Access
from smsl.model.finding import Edit, Step
from smsl.model.network import Network
from smsl.model.snapshot import Role, Secret
from smsl.model.unknown import Unknown


def switch_names(network: Network, access: Access) -> Iterator[Candidate]:
    """Yield the switches that the endpoint's private name needs."""
    found = _switch_names(network, access)
    if found is not None:
        yield found


def create_endpoint(network: Network, access: Access) -> Iterator[Candidate]:
    """Yield a new endpoint, where all of the function's subnets are in one VPC."""
    found = _endpoint(network, access)
    if found is not None:
        yield found


def _switch_names(network: Network, access: Access) -> Candidate | None:
    """Switch on what the endpoint's private name needs: two attributes of the VPC, one of the endpoint."""
    region = access.function.region
    steps: list[Step] = []
    undo: list[Step] = []
    switched: list[str] = []
    vpcs = {subnet.vpc for subnet in subnets_of(network, access)}
    known = {} if isinstance(network.vpcs, Unknown) else network.vpcs
    for vpc_id in sorted(vpcs):
        vpc = known.get(vpc_id)
        for attribute, value in (
            ("EnableDnsSupport", vpc and vpc.dns_support),
            ("EnableDnsHostnames", vpc and vpc.dns_hostnames),
        ):
            if value is False:
                switched.append(f"{attribute[:1].lower()}{attribute[1:]} of {vpc_id}")
                steps.append(Step("ec2", "ModifyVpcAttribute", {"VpcId": vpc_id, attribute: {"Value": True}}, region))
                undo.insert(
                    0, Step("ec2", "ModifyVpcAttribute", {"VpcId": vpc_id, attribute: {"Value": False}}, region)
                )
    endpoint = next(endpoints_of(network, access), None)
    if endpoint is not None and endpoint.private_dns is False:
        where = {"VpcEndpointId": endpoint.id}
        switched.append(f"private DNS of {endpoint.id}")
        steps.append(Step("ec2", "ModifyVpcEndpoint", {**where, "PrivateDnsEnabled": True}, region))
        undo.insert(0, Step("ec2", "ModifyVpcEndpoint", {**where, "PrivateDnsEnabled": False}, region))
    if not steps:
        return None
    return Candidate(
        f"switches on {', '.join(switched)}",
        tuple(steps),
        tuple(undo),
        notes=("Every client in the VPC then calls Secrets Manager through this endpoint.",),
    )


def _endpoint(network: Network, access: Access) -> Candidate | None:
    """Create an interface endpoint with private DNS, with a security group of its own, in the function's subnets."""
    function = access.function
    subnets = subnets_of(network, access)
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
    switched = _switch_names(network, access)
    first = tuple(step for step in (switched.steps if switched else ()) if step.operation == "ModifyVpcAttribute")
    back = tuple(step for step in (switched.undo if switched else ()) if step.operation == "ModifyVpcAttribute")
    parameters = {"GroupName": name, "Description": "Secrets Manager endpoint", "VpcId": vpc}
    group = Step("ec2", "CreateSecurityGroup", parameters, region, bind="GROUP", query="GroupId")
    admit = {"GroupId": "$GROUP", "IpPermissions": https_rule(groups=function.security_groups[:1])}
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


def allow_in_policy(network: Network, access: Access) -> Candidate | None:
    """Add one statement to the endpoint's policy, for this role and this secret alone.

    An endpoint's policy takes roles by the condition: a principal element names a role of its own account only.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    endpoint = next(endpoints_of(network, access), None)
    if endpoint is None or endpoint.policy is None:
        return None
    if not isinstance(access.role, Role) or not isinstance(access.secret, Secret):
        return None
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": suffix_pattern(access.secret),
        "Condition": {"ArnEquals": {"aws:PrincipalArn": access.role.arn}},
    }
    where = {"VpcEndpointId": endpoint.id}
    edit = Edit(
        "ec2", "DescribeVpcEndpoints", {"VpcEndpointIds": [endpoint.id]}, "VpcEndpoints[0].PolicyDocument",
        "PolicyDocument", add=statement, file=f"endpoint-{endpoint.id}",
    )  # fmt: skip
    region = access.function.region
    return Candidate(
        f"adds one statement to the policy of {endpoint.id}, for this role and this secret alone",
        (Step("ec2", "ModifyVpcEndpoint", where, region, edit=edit),),
        (Step("ec2", "ModifyVpcEndpoint", {**where, "PolicyDocument": f"file://{before(edit)}"}, region),),
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
