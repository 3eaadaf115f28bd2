"""What stands in an account, counted by the types of CloudFormation's resources, from the services' own answers.

A stack that leaves a resource out, and says nothing of it, has fewer things standing than its template has resources.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import boto3

from smsl.lab.account import REGION
from smsl.lab.stage import bare_session

_Rows = list[dict[str, Any]]


def standing(url: str) -> Counter[str]:
    """Count what an account holds beside what every new account has."""
    session = boto3.session.Session(region_name=REGION, botocore_session=bare_session())

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=url)

    found: dict[str, int] = {
        **_network(client("ec2")),
        **_identity(client("iam")),
        **_keys(client("kms")),
        **_secrets(client("secretsmanager")),
        **_functions(client("lambda")),
    }
    return Counter({kind: count for kind, count in found.items() if count})


def declared(resources: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Count what the resources of a template make, those included that stand within another's properties."""
    made: Counter[str] = Counter()
    for resource in resources:
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind == "AWS::IAM::Policy":
            made["AWS::IAM::RolePolicy"] += len(properties["Roles"])
            continue
        made[kind] += 1
        if kind == "AWS::IAM::Role":
            made["AWS::IAM::RolePolicy"] += len(properties.get("Policies", ()))
        if kind == "AWS::EC2::SecurityGroup":
            made["AWS::EC2::SecurityGroupIngress"] += len(properties.get("SecurityGroupIngress", ()))
            made["AWS::EC2::SecurityGroupEgress"] += len(properties.get("SecurityGroupEgress", ("everything",)))
    return Counter({kind: count for kind, count in made.items() if count})


def _network(ec2: Any) -> dict[str, int]:
    own = {each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if not each["IsDefault"]}

    def within(answer: Mapping[str, Any], member: str) -> _Rows:
        return [each for each in answer[member] if each["VpcId"] in own]

    tables = within(ec2.describe_route_tables(), "RouteTables")
    explicit = [each for table in tables for each in table["Associations"] if not each["Main"]]
    groups = [
        each for each in within(ec2.describe_security_groups(), "SecurityGroups") if each["GroupName"] != "default"
    ]
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    rules = [each for each in rules if each["GroupId"] in {group["GroupId"] for group in groups}]
    acls = [each for each in within(ec2.describe_network_acls(), "NetworkAcls") if not each["IsDefault"]]
    gateways = ec2.describe_internet_gateways()["InternetGateways"]
    attached = [each for gateway in gateways for each in gateway["Attachments"] if each["VpcId"] in own]
    return {
        "AWS::EC2::VPC": len(own),
        "AWS::EC2::Subnet": len(within(ec2.describe_subnets(), "Subnets")),
        "AWS::EC2::RouteTable": len(
            [table for table in tables if not any(each["Main"] for each in table["Associations"])]
        ),
        "AWS::EC2::Route": len(
            [route for table in tables for route in table["Routes"] if route.get("GatewayId") != "local"]
        ),
        "AWS::EC2::SubnetRouteTableAssociation": len(explicit),
        "AWS::EC2::SecurityGroup": len(groups),
        "AWS::EC2::SecurityGroupIngress": len([each for each in rules if not each["IsEgress"]]),
        "AWS::EC2::SecurityGroupEgress": len([each for each in rules if each["IsEgress"]]),
        "AWS::EC2::NetworkAcl": len(acls),
        "AWS::EC2::NetworkAclEntry": len(
            [each for acl in acls for each in acl["Entries"] if each["RuleNumber"] < 32767]
        ),
        "AWS::EC2::SubnetNetworkAclAssociation": len([each for acl in acls for each in acl["Associations"]]),
        "AWS::EC2::VPCEndpoint": len(within(ec2.describe_vpc_endpoints(), "VpcEndpoints")),
        "AWS::EC2::NatGateway": len(within(ec2.describe_nat_gateways(), "NatGateways")),
        "AWS::EC2::EIP": len(ec2.describe_addresses()["Addresses"]),
        "AWS::EC2::InternetGateway": len(attached),
        "AWS::EC2::VPCGatewayAttachment": len(attached),
    }


def _identity(iam: Any) -> dict[str, int]:
    roles = [each["RoleName"] for each in iam.list_roles()["Roles"]]
    inline = [name for role in roles for name in iam.list_role_policies(RoleName=role)["PolicyNames"]]
    return {
        "AWS::IAM::Role": len(roles),
        "AWS::IAM::RolePolicy": len(inline),
        "AWS::IAM::ManagedPolicy": len(iam.list_policies(Scope="Local")["Policies"]),
    }


def _keys(kms: Any) -> dict[str, int]:
    keys = [kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"] for each in kms.list_keys()["Keys"]]
    aliases = [each for each in kms.list_aliases()["Aliases"] if not each["AliasName"].startswith("alias/aws/")]
    return {
        "AWS::KMS::Key": len([each for each in keys if each["KeyManager"] == "CUSTOMER"]),
        "AWS::KMS::Alias": len(aliases),
    }


def _secrets(secrets: Any) -> dict[str, int]:
    listed = secrets.list_secrets()["SecretList"]
    policies = [secrets.get_resource_policy(SecretId=each["ARN"]).get("ResourcePolicy") for each in listed]
    return {
        "AWS::SecretsManager::Secret": len(listed),
        "AWS::SecretsManager::ResourcePolicy": len([each for each in policies if each]),
        "AWS::SecretsManager::RotationSchedule": len([each for each in listed if each.get("RotationEnabled")]),
    }


def _functions(functions: Any) -> dict[str, int]:
    names = [each["FunctionName"] for each in functions.list_functions()["Functions"]]
    versions = [len(functions.list_versions_by_function(FunctionName=name)["Versions"]) - 1 for name in names]
    aliases = [len(functions.list_aliases(FunctionName=name)["Aliases"]) for name in names]
    return {
        "AWS::Lambda::Function": len(names),
        "AWS::Lambda::Version": sum(versions),
        "AWS::Lambda::Alias": sum(aliases),
        "AWS::Lambda::Permission": sum(_permissions(functions, name) for name in names),
    }


def _permissions(functions: Any, name: str) -> int:
    try:
        return functions.get_policy(FunctionName=name)["Policy"].count('"Sid"')
    except functions.exceptions.ResourceNotFoundException:
        return 0
