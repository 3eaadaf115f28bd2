"""What a stack does with a template: functions resolved, failures said and rolled back, nothing dropped in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from smsl.lab.account import Lab
from smsl.lab.stage import REGION, bare_session
from tests.lab.cloudformation.conftest import Connect, Deploy

SECRET = "Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: shop/db}}"


def of(*resources: str, outputs: str = "", more: str = "") -> str:
    text = "\n".join(f"  {line}" for resource in resources for line in resource.splitlines())
    return f"{more}\nResources:\n{text}\n" + (f"Outputs:\n  {outputs}\n" if outputs else "")


def secret(name: str, properties: str) -> str:
    return f"{name}: {{Type: AWS::SecretsManager::Secret, Properties: {properties}}}"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (of("Topic: {Type: AWS::Shop::Basket}"), "Unrecognized resource types: [AWS::Shop::Basket]"),
        (of("Wait: {Type: AWS::CloudFormation::WaitConditionHandle}"), "Unrecognized resource types"),
        (of("Custom: {Type: Custom::Seed, Properties: {ServiceToken: x}}"), "Unrecognized resource types"),
        (of("Db: {Type: AWS::Serverless::Function}"), "Unrecognized resource types"),
        (of(SECRET, more="Transform: AWS::Serverless-2016-10-31"), "expands no transform"),
        (of(SECRET, more="Resource: {}"), "Invalid template property or properties [Resource]"),
        (of("Db: {Type: AWS::SecretsManager::Secret, Property: {}}"), "Invalid template resource property 'Property'"),
        (of("Db: {Type: AWS::SecretsManager::Secret, DependsOn: Gone}"), "Unresolved resource dependencies [Gone]"),
        (of("Db: {Properties: {}}"), "Every Resources object must contain a Type"),
        ("Resources: {}", "At least one Resources member must be defined"),
        ("Resources: [", "not well-formed"),
        ("just text", "unsupported structure"),
    ],
    ids=[
        "type", "wait-condition", "custom", "serverless", "transform", "section", "member", "dependency", "no-type",
        "empty", "no-yaml", "no-object",
    ],
)  # fmt: skip
def test_a_template_is_refused(template: str, said: str, deploy: Deploy, connect: Connect) -> None:
    with pytest.raises(ClientError) as refused:
        deploy(template)

    assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert said in refused.value.response["Error"]["Message"]
    assert connect("cloudformation").describe_stacks()["Stacks"] == []


@pytest.mark.parametrize(
    ("failing", "said"),
    [
        (secret("Bad", "{Type: x}"), "extraneous key [Type] is not permitted"),
        (secret("Bad", "{GenerateSecretString: {Length: 9}}"), "extraneous key [Length] is not permitted"),
        (secret("Bad", "{Name: shop/db}"), "already exists"),
        (secret("Bad", "{Description: !Ref Gone}"), "Unresolved resource dependencies [Gone]"),
        (secret("Bad", "{Description: !GetAtt Db.Gone}"), "resource Db does not support attribute type Gone"),
        (secret("Bad", "{Description: !Sub '${Db.Gone}'}"), "resource Db does not support attribute type Gone"),
        (secret("Bad", "{Description: !ImportValue gone}"), "No export named gone found."),
        (secret("Bad", "{Description: {'Fn::Transform': {Name: x}}}"), "does not resolve Fn::Transform"),
        (secret("Bad", "{Description: !FindInMap [Gone, a, b]}"), "Fn::FindInMap cannot be resolved"),
        (secret("Bad", "{Description: '{{resolve:ssm:/gone}}'}"), "ParameterNotFound"),
        ("Bad: {Type: AWS::IAM::Role}", "required key [AssumeRolePolicyDocument] not found"),
        ("Bad: {Type: AWS::KMS::Key, Properties: {MultiRegion: maybe}}", "#/MultiRegion: expected type: Boolean"),
        ("Bad: {Type: AWS::KMS::Key, Properties: {KeySpec: [a]}}", "#/KeySpec: expected type: String"),
    ],
    ids=[
        "property", "nested", "taken", "ref", "attribute", "sub", "import", "function", "map", "parameter",
        "required", "boolean", "string",
    ],
)  # fmt: skip
def test_a_failed_resource_rolls_the_stack_back(failing: str, said: str, deploy: Deploy, connect: Connect) -> None:
    deployed = deploy(of(SECRET, failing, outputs="Arn: {Value: !Ref Db}"))

    assert (deployed.status, said in deployed.reason) == ("ROLLBACK_COMPLETE", True), deployed.reason
    assert (deployed.resources, deployed.outputs) == ({}, {})
    assert connect("secretsmanager").list_secrets()["SecretList"] == []
    events = connect("cloudformation").describe_stack_events(StackName="stack")["StackEvents"]
    (failed,) = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert (failed["LogicalResourceId"], said in failed["ResourceStatusReason"]) == ("Bad", True)
    connect("cloudformation").delete_stack(StackName="stack")
    assert deploy(of(SECRET)).status == "CREATE_COMPLETE"


ROLE = "Role: {Type: AWS::IAM::Role, Properties: {RoleName: half, AssumeRolePolicyDocument: {Statement: []}}}"
ALLOW = "{Version: 2012-10-17, Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}"
SHARED = f"Roles: [!Ref Role, gone], PolicyDocument: {ALLOW}"
HALF = {
    "role": ROLE.replace("Role:", "Bad:", 1)[:-2] + ", Policies: [{PolicyName: a, PolicyDocument: {Statement: x}}]}}",
    "policy": f"{ROLE}\nBad: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: a, {SHARED}}}}}",
    "managed": f"{ROLE}\nBad: {{Type: AWS::IAM::ManagedPolicy, Properties: {{{SHARED}}}}}",
}


@pytest.mark.parametrize(
    ("failing", "said"),
    [("role", "MalformedPolicyDocument"), ("policy", "NoSuchEntity"), ("managed", "NoSuchEntity")],
)
def test_what_is_half_made_goes_too(failing: str, said: str, deploy: Deploy, connect: Connect) -> None:
    deployed = deploy(of(HALF[failing]))

    assert (deployed.status, said in deployed.reason) == ("ROLLBACK_COMPLETE", True), deployed.reason
    assert connect("iam").list_roles()["Roles"] == []
    assert connect("iam").list_policies(Scope="Local")["Policies"] == []


def test_a_parameter_that_the_template_lacks_is_refused(deploy: Deploy) -> None:
    with pytest.raises(ClientError, match=r"Parameters: \[Gone\] do not exist in the template"):
        deploy(of(SECRET), Parameters=[{"ParameterKey": "Gone", "ParameterValue": "x"}])


def test_a_deployed_function_runs(deploy: Deploy, connect: Connect) -> None:
    properties = "FunctionName: plus, Handler: index.handler, Runtime: python3.12, Role: !GetAtt Role.Arn"
    code = "def handler(event, context): return event['n'] + 1"
    function = f'Fn: {{Type: AWS::Lambda::Function, Properties: {{{properties}, Code: {{ZipFile: "{code}"}}}}}}'
    assert deploy(of(ROLE, function)).status == "CREATE_COMPLETE"

    assert connect("lambda").invoke(FunctionName="plus", Payload=b'{"n": 1}')["Payload"].read() == b"2"


def test_a_circle_fails(deploy: Deploy) -> None:
    deployed = deploy(of(secret("One", "{Description: !Ref Two}"), secret("Two", "{Description: !Ref One}")))

    assert deployed.status == "ROLLBACK_COMPLETE"
    assert "Circular dependency" in deployed.reason


def test_no_value_reaches_a_reason(deploy: Deploy) -> None:
    hidden = "not-a-real-password-7"
    deployed = deploy(of(f"Bad: {{Type: AWS::KMS::Key, Properties: {{KeySpec: [{hidden}]}}}}"))
    assert hidden not in deployed.reason
    deployed = deploy(
        of(f"Bad: {{Type: AWS::KMS::Key, Properties: {{Description: {hidden}, Enabled: {hidden}}}}}"), "next"
    )
    assert hidden not in deployed.reason


DESCRIPTIONS = {
    "!Ref Name": "shop",
    "!Sub '${Name}/${Db} ${!Name} ${AWS::Region}'": "shop/{Db} ${Name} eu-west-1",
    "!Sub ['${a}-${Name}', {a: !Ref AWS::AccountId}]": "123456789012-shop",
    "!Join ['-', [a, !Ref Name, !Ref 'AWS::NoValue']]": "a-shop",
    "!Join ['-', !Ref Zones]": "a-b",
    "!Select [1, !Split [',', 'x,y']]": "y",
    "!FindInMap [Sizes, !Ref Name, small]": "1",
    "!If [IsShop, yes-it-is, no]": "yes-it-is",
    "!If [IsOther, 'no', !Ref Name]": "shop",
    "!Base64 text": "dGV4dA==",
    "!Select [0, !GetAZs {Ref: AWS::Region}]": "eu-west-1a",
    "!Select [0, !GetAZs '']": "eu-west-1a",
    "!Select [3, !Cidr [10.0.0.0/16, 6, 8]]": "10.0.3.0/24",
    "!ToJsonString {a: [1, !Ref Name]}": '{"a":[1,"shop"]}',
    "{'Fn::GetAtt': Db.Id}": "{Db}",
    "{'Fn::GetAtt': [Db, Id]}": "{Db}",
    "!Ref AWS::Partition": "aws",
    "2012-10-17": "2012-10-17",
    "'{{resolve:ssm:/shop/size}}'": "large",
    "!Sub 'at {{resolve:secretsmanager:shop/login:SecretString:host}}'": "at db.internal",
    "!Ref Size": "large",
}
HEAD = """
Parameters:
  Name: {Type: String, Default: shop}
  Zones: {Type: CommaDelimitedList, Default: "a, b"}
  Size: {Type: "AWS::SSM::Parameter::Value<String>", Default: /shop/size}
Mappings: {Sizes: {shop: {small: "1"}}}
Conditions:
  IsShop: !Equals [!Ref Name, shop]
  IsOther: !Or [!Not [!Condition IsShop], !And [!Condition IsShop, !Equals [a, b]]]
"""


def test_functions_are_resolved(deploy: Deploy, connect: Connect) -> None:
    connect("ssm").put_parameter(Name="/shop/size", Type="String", Value="large")
    connect("secretsmanager").create_secret(Name="shop/login", SecretString='{"host": "db.internal"}')
    tried = [secret(f"S{number}", f"{{Description: {text}}}") for number, text in enumerate(DESCRIPTIONS)]
    deployed = deploy(of(SECRET, *tried, outputs="Db: {Value: !Ref Db}", more=HEAD))

    assert deployed.status == "CREATE_COMPLETE", deployed.reason
    described = connect("secretsmanager").describe_secret
    assert [
        described(SecretId=deployed.resources[f"S{number}"]["PhysicalResourceId"]).get("Description")
        for number in range(len(tried))
    ] == [text.replace("{Db}", deployed.outputs["Db"]) for text in DESCRIPTIONS.values()]


def test_a_condition_leaves_a_resource_out(deploy: Deploy, connect: Connect) -> None:
    left_out = "Other: {Type: AWS::SecretsManager::Secret, Condition: IsOther}"
    head = "Parameters: {Name: {Type: String}}\nConditions: {IsOther: !Equals [!Ref Name, other]}"
    deployed = deploy(of(SECRET, left_out, more=head), Parameters=[{"ParameterKey": "Name", "ParameterValue": "shop"}])

    assert (deployed.status, set(deployed.resources)) == ("CREATE_COMPLETE", {"Db"})
    assert len(connect("secretsmanager").list_secrets()["SecretList"]) == 1


def test_json_is_read_too(deploy: Deploy) -> None:
    resource = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Description": {"Fn::Sub": "${AWS::StackName}"}}}
    assert deploy(json.dumps({"Resources": {"Db": resource}})).status == "CREATE_COMPLETE"


def test_a_stack_imports_what_another_exports(deploy: Deploy, connect: Connect) -> None:
    deploy(of(SECRET, outputs="Arn: {Value: !Ref Db, Export: {Name: !Sub '${AWS::StackName}-arn'}}"), "first")
    second = deploy(of(secret("Copy", "{Description: !ImportValue first-arn}")), "second")
    again = deploy(of("Key: {Type: AWS::KMS::Key}", outputs="A: {Value: !Ref Key, Export: {Name: first-arn}}"), "third")

    described = connect("secretsmanager").describe_secret(SecretId=second.resources["Copy"]["PhysicalResourceId"])
    assert described["Description"].startswith("arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-")
    assert (again.status, again.reason) == ("ROLLBACK_COMPLETE", "Export with name first-arn is already exported")


@pytest.mark.parametrize(("policy", "kept"), [("Delete", [0, 0]), ("Retain", [1, 2]), ("RetainExceptOnCreate", [1, 1])])
def test_a_retained_resource_stays(policy: str, kept: list[int], deploy: Deploy, connect: Connect) -> None:
    retained = f"Db: {{Type: AWS::SecretsManager::Secret, DeletionPolicy: {policy}}}"
    left = []
    for failing in ([], [secret("Bad", "{Length: 9}")]):
        deploy(of(retained, *failing))
        connect("cloudformation").delete_stack(StackName="stack")
        left.append(len(connect("secretsmanager").list_secrets()["SecretList"]))

    assert left == kept


def test_a_stack_within_a_stack_fails_with_it(lab: Lab, deploy: Deploy, connect: Connect) -> None:
    client = bare_session().create_client("s3", REGION, endpoint_url=lab.url)
    client.create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": REGION})
    statuses = []
    for name, within in (("good", SECRET), ("bad", secret("Bad", "{Length: 9}"))):
        client.put_object(Bucket="templates", Key=name, Body=of(within).encode())
        address = f"https://s3.amazonaws.com/templates/{name}"
        nested = f"Inner: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {address}}}}}"
        statuses.append(deploy(of(nested), name).status)

    assert statuses == ["CREATE_COMPLETE", "ROLLBACK_COMPLETE"]


def change_set(client: Any, template: str) -> None:
    client.create_change_set(StackName="stack", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=template)
    client.execute_change_set(StackName="stack", ChangeSetName="first")


def test_a_change_set_makes_a_stack(lab: Any, deploy: Deploy, connect: Connect) -> None:
    client = connect("cloudformation")
    change_set(client, of(SECRET))
    rows = client.describe_stack_resources(StackName="stack")["StackResources"]
    assert [row["PhysicalResourceId"][:20] for row in rows] == ["arn:aws:secretsmanag"]

    lab.empty()
    for template in (of("Topic: {Type: AWS::Shop::Basket}"), of(secret("Bad", "{Length: 9}"))):
        with pytest.raises(ClientError, match=r"Unrecognized resource types|extraneous key"):
            change_set(client, template)
        lab.empty()


def test_an_update_keeps_and_refuses(deploy: Deploy, connect: Connect) -> None:
    deploy(of(SECRET))
    client = connect("cloudformation")
    client.update_stack(StackName="stack", TemplateBody=of(SECRET, "Key: {Type: AWS::KMS::Key}"))
    assert len(client.describe_stack_resources(StackName="stack")["StackResources"]) == 2
    with pytest.raises(ClientError, match="does not update AWS::SecretsManager::Secret"):
        client.update_stack(StackName="stack", TemplateBody=of(secret("Db", "{Name: shop/other}")))
