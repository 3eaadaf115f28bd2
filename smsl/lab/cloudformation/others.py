"""What a function's template has besides: its log group, its parameters, and what the CDK writes for its own ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smsl.lab.cloudformation.kind import Call, Kind, Made, Wanted, names


def _log_group(wanted: Wanted) -> Made:
    name = wanted.name("LogGroupName", longest=512)
    wanted.call(
        "logs",
        "CreateLogGroup",
        logGroupName=name,
        tags={tag["Key"]: tag["Value"] for tag in wanted.all_tags() if not tag["Key"].startswith("aws:")},
        **({"kmsKeyId": wanted.get("KmsKeyId")} if wanted.get("KmsKeyId") else {}),
    )
    wanted.began(name)
    if days := wanted.get("RetentionInDays"):
        wanted.call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=days)
    groups = wanted.call("logs", "DescribeLogGroups", logGroupNamePrefix=name)["logGroups"]
    return Made(name, {"Arn": next(group["arn"] for group in groups if group["logGroupName"] == name)})


def _delete_log_group(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("logs", "DeleteLogGroup", logGroupName=made.id)


def _parameter(wanted: Wanted) -> Made:
    name = wanted.name("Name", longest=512)
    tags = [{"Key": str(key), "Value": str(value)} for key, value in (wanted.get("Tags") or {}).items()]
    members = wanted.only("AllowedPattern", "DataType", "Description", "Tier", "Type", "Value")
    wanted.call("ssm", "PutParameter", Name=name, **members, **({"Tags": tags} if tags else {}))
    return Made(name, wanted.only("Type", "Value"))


def _delete_parameter(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ssm", "DeleteParameter", Name=made.id)


def _metadata(wanted: Wanted) -> Made:
    """Make nothing, as AWS does."""
    return Made(wanted.name(""))


def _closed_group(wanted: Wanted) -> Made:
    """Take the rules from a VPC's default group, as the CDK's function for this type does when CloudFormation calls it.

    Source: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.Vpc.html#restrictdefaultsecuritygroup
    """
    group = str(wanted.properties["DefaultSecurityGroupId"])
    of_group = [{"Name": "group-id", "Values": [group]}]
    for rule in wanted.call("ec2", "DescribeSecurityGroupRules", Filters=of_group)["SecurityGroupRules"]:
        direction, rules = "Egress" if rule["IsEgress"] else "Ingress", [rule["SecurityGroupRuleId"]]
        wanted.call("ec2", f"RevokeSecurityGroup{direction}", GroupId=group, SecurityGroupRuleIds=rules)
    return Made(wanted.name(""))


KINDS = (
    Kind("AWS::Logs::LogGroup", names("KmsKeyId LogGroupName RetentionInDays Tags"), _log_group, _delete_log_group),
    Kind(
        "AWS::SSM::Parameter",
        names("AllowedPattern DataType Description Name Tags Tier Type Value"),
        _parameter,
        _delete_parameter,
        required=("Type", "Value"),
    ),
    Kind("AWS::CDK::Metadata", names("Analytics"), _metadata),
    Kind(
        "Custom::VpcRestrictDefaultSG",
        names("Account DefaultSecurityGroupId ServiceToken"),
        _closed_group,
        required=("DefaultSecurityGroupId", "ServiceToken"),
    ),
)
