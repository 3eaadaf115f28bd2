"""What connectors grant the roles of functions, held against AWS's own expansion of them."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from smsl.model.unknown import Unknown
from smsl.sources.cfn.sam_connectors import ConnectorGrant, connectors

DATA = Path(__file__).parent.parent.parent.parent / "smsl/sources/cfn/data/sam_connectors.json"
TABLE = connectors()
FUNCTION, QUEUE, MACHINE = "AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::StepFunctions::StateMachine"
same_copy = pytest.mark.skipif(
    f"aws-sam-translator {version('aws-sam-translator')}," not in DATA.read_text()[:500],
    reason="the table was copied from another version of aws-sam-translator",
)


def test_the_table_is_dated_and_read_once() -> None:
    assert TABLE.date == "2026-10-12"
    assert TABLE.source_url.startswith("https://docs.aws.amazon.com/")
    assert connectors() is TABLE


@same_copy
def test_the_table_is_what_the_generator_writes(generator: ModuleType) -> None:
    assert DATA.read_text() == generator.sam_connectors()


def test_no_connector_grants_a_secret_or_a_key() -> None:
    statements = [
        statement
        for row in TABLE.rows.values()
        if row is not None
        for category in row["statements"].values()
        for statement in category
    ]
    actions = {action for statement in statements for action in statement["Action"]}

    assert not any(action.startswith(("secretsmanager:", "kms:", "ssm:", "sts:", "iam:", "*")) for action in actions)
    assert {action for action in actions if action.startswith("lambda:")} == {
        "lambda:InvokeAsync",
        "lambda:InvokeFunction",
    }


@same_copy
def test_every_connector_grants_what_it_is_expanded_to() -> None:
    compared = 0
    for pair, row in TABLE.rows.items():
        source, destination = pair.split()
        categories = ["Read", "Write"] if row is None else sorted(row["statements"])
        expanded = expansion(source, destination, categories)
        if row is None:
            assert TABLE.grant(source, destination, categories, {}) is None
            assert given_to_functions(expanded, source, destination) == [], pair
            continue
        names = {side: {"Fn::GetAtt": [side.partition(".")[0], "Arn"]} for side in ("Source.Arn", "Destination.Arn")}
        names["Destination.Name"] = {"Fn::GetAtt": ["Destination", "Name"]}
        grant = TABLE.grant(source, destination, categories, names)
        assert isinstance(grant, ConnectorGrant)
        (policy,) = given_to_functions(expanded, source, destination)
        assert policy["Properties"]["Roles"] == [{"Ref": f"{grant.role.title()}Role"}]
        theirs = json.dumps(policy["Properties"]["PolicyDocument"]["Statement"])
        # A topic's or a machine's ARN is its Ref, which is for who calls to say.
        ours = json.dumps([dict(statement) for statement in grant.statements])
        for side in ("Source", "Destination"):
            theirs = theirs.replace(f'{{"Ref": "{side}"}}', f'{{"Fn::GetAtt": ["{side}", "Arn"]}}')
        assert ours == theirs, pair
        compared += 1
    assert compared == 10


def expansion(source: str, destination: str, categories: list[str]) -> list[dict[str, Any]]:
    """Return the resources that a connector is expanded into by AWS's own code."""
    from samtranslator.intrinsics.resource_refs import SupportedResourceReferences
    from samtranslator.model.connector_profiles.profile import PROFILE
    from samtranslator.model.sam_resources import SamConnector
    from samtranslator.translator.translator import ResourceResolver

    profile = PROFILE["Permissions"][source][destination]["Properties"]
    allowed = [each for each in categories if each in profile["AccessCategories"]]
    resources = {name: declared(name, kind) for name, kind in (("Source", source), ("Destination", destination))}
    resources["Connector"] = {
        "Type": "AWS::Serverless::Connector",
        "Properties": {
            "Source": {"Id": "Source"},
            "Destination": {"Id": "Destination"},
            "Permissions": profile.get("ValidAccessCategories", [allowed])[0],
        },
    }
    connector = SamConnector.from_dict("Connector", resources["Connector"])
    made = connector.to_cloudformation(
        resource_resolver=ResourceResolver(resources), original_template={"Resources": resources},
        supported_resource_refs=SupportedResourceReferences(),
    )  # fmt: skip
    return [each for resource in made for each in resource.to_dict().values()]


def declared(name: str, kind: str) -> dict[str, Any]:
    role = {"Fn::GetAtt": [f"{name}Role", "Arn"]}
    roles = {"AWS::Lambda::Function": "Role", MACHINE: "RoleArn", "AWS::AppSync::DataSource": "ServiceRoleArn"}
    properties: dict[str, Any] = {roles[kind]: role} if kind in roles else {}
    if kind == "AWS::Events::Rule":
        properties["Targets"] = [{"Arn": {"Fn::GetAtt": ["Destination", "Arn"]}, "Id": "x", "RoleArn": role}]
    if kind == "AWS::AppSync::DataSource":
        properties |= {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]}, "Name": "source"}
    return {"Type": kind, "Properties": properties}


def given_to_functions(expanded: list[dict[str, Any]], source: str, destination: str) -> list[dict[str, Any]]:
    """Return the policies that are attached to the role of a function."""
    sides = {"SourceRole": source, "DestinationRole": destination}
    return [
        each
        for each in expanded
        if each["Type"] == "AWS::IAM::ManagedPolicy"
        and any(sides[role["Ref"]] == FUNCTION for role in each["Properties"]["Roles"])
    ]


def test_what_sam_calls_its_own_types_is_the_same() -> None:
    names = {"Destination.Arn": "arn"}
    plain = TABLE.grant(FUNCTION, "AWS::DynamoDB::Table", ["Read"], names)

    assert TABLE.grant("AWS::Serverless::Function", "AWS::Serverless::SimpleTable", ["Read"], names) == plain


@pytest.mark.parametrize(
    ("source", "destination", "names", "reason"),
    [
        (FUNCTION, "AWS::SecretsManager::Secret", {}, "AWS::SecretsManager::Secret is not in the table of 2026-10-12"),
        (FUNCTION, QUEUE, {}, "does not tell Destination.Arn"),
        (FUNCTION, MACHINE, {"Destination.Arn": "a"}, "does not tell Destination.Name"),
    ],
)
def test_what_cannot_be_told_is_unknown(source: str, destination: str, names: dict[str, str], reason: str) -> None:
    found = TABLE.grant(source, destination, ["Read", "Write"], names)

    assert isinstance(found, Unknown)
    assert reason in found.reason
