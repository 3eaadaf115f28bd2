"""Each correction against the shape that AWS documents; a test is named after its row."""

from __future__ import annotations

import hashlib
import io
import ipaddress
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from smsl.lab.corrected.layers import EXTENSION_LAYERS
from smsl.lab.corrections import CORRECTIONS
from smsl.lab.places import make_endpoint, private_place
from smsl.lab.stage import Stage, make_function, make_key, make_role, make_secret, may_read, open_stage

ACCOUNT = "123456789012"
PARAMETER = "/aws/service/aws-parameters-and-secrets-lambda-extension"


@pytest.fixture(scope="module")
def stage(lab: Any) -> Stage:
    return open_stage(lab.url)


@pytest.fixture(scope="module")
def place(stage: Stage) -> Any:
    return private_place(stage, "corrections", 60)


def group_in(stage: Stage, vpc: str, name: str) -> str:
    return stage.ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]


def refusal(call: Any, **parameters: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answered = caught.value.response
    error = answered["Error"]
    return answered["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"]


def endpoint_of(stage: Stage, vpc: str) -> dict[str, Any]:
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    (endpoint,) = stage.ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    return endpoint


def interfaces_of(stage: Stage, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
    identifiers = endpoint["NetworkInterfaceIds"]
    return stage.ec2.describe_network_interfaces(NetworkInterfaceIds=identifiers)["NetworkInterfaces"]


def new_function(stage: Stage, name: str, **more: Any) -> None:
    make_role(stage, f"{name}-exec", [may_read("*")])
    make_function(stage, name, {"LOG_LEVEL": "info"}, **more)


def test_every_correction_says_why_and_has_a_test_of_its_name() -> None:
    names = [row.name for row in CORRECTIONS]

    assert len(set(names)) == len(names)
    for row in CORRECTIONS:
        assert row.why
        assert row.source.startswith("https://docs.aws.amazon.com/")
        assert f"test_{row.name.replace('-', '_')}" in globals()


# Secrets Manager


def test_json_not_found_is_400(stage: Stage) -> None:
    status, code, _ = refusal(stage.secrets.get_secret_value, SecretId="absent")
    assert (status, code) == (400, "ResourceNotFoundException")
    status, code, _ = refusal(stage.functions.get_function, FunctionName="absent")
    assert (status, code) == (404, "ResourceNotFoundException"), "Lambda's REST API answers 404"


def test_secret_versions_have_keys(stage: Stage) -> None:
    key = make_key(stage, "versions")
    arn = make_secret(stage, "versions/customer", key)
    plain = make_secret(stage, "versions/plain")

    answered = stage.secrets.list_secret_version_ids(SecretId=arn)
    assert (answered["ARN"], answered["Name"]) == (arn, "versions/customer")
    assert [version["KmsKeyIds"] for version in answered["Versions"]] == [[key]]
    answered = stage.secrets.list_secret_version_ids(SecretId=plain)
    assert [version["KmsKeyIds"] for version in answered["Versions"]] == [["DefaultEncryptionKey"]]
    status, code, _ = refusal(stage.secrets.list_secret_version_ids, SecretId="absent")
    assert (status, code) == (400, "ResourceNotFoundException")

    for value in ("second", "third"):
        stage.secrets.put_secret_value(SecretId=plain, SecretString=value)
    listed = stage.secrets.list_secret_version_ids(SecretId=plain)["Versions"]
    stages = sorted(version["VersionStages"][0] for version in listed)
    assert stages == ["AWSCURRENT", "AWSPREVIOUS"]
    listed = stage.secrets.list_secret_version_ids(SecretId=plain, IncludeDeprecated=True)["Versions"]
    assert len(listed) == 3


def test_secret_pending_deletion_text(stage: Stage) -> None:
    arn = make_secret(stage, "deleted/one")
    stage.secrets.delete_secret(SecretId=arn)

    status, code, text = refusal(stage.secrets.get_secret_value, SecretId=arn)
    assert (status, code) == (400, "InvalidRequestException")
    assert text == "You can't perform this operation on the secret because it was marked for deletion."


def test_secret_members_absent(lab: Any, stage: Stage) -> None:
    kept, gone = make_secret(stage, "members/kept"), make_secret(stage, "members/gone")
    stage.secrets.delete_secret(SecretId=gone)

    assert "DeletedDate" in stage.secrets.describe_secret(SecretId=gone)
    assert "DeletedDate" not in stage.secrets.describe_secret(SecretId=kept)
    filters = [{"Key": "name", "Values": ["members/"]}]
    assert [row["ARN"] for row in stage.secrets.list_secrets(Filters=filters)["SecretList"]] == [kept]
    planned = stage.secrets.list_secrets(Filters=filters, IncludePlannedDeletion=True)["SecretList"]
    assert {row["ARN"] for row in planned} == {kept, gone}


@pytest.mark.parametrize(
    "more",
    [{}, {"RotateImmediately": False}, {"RotationRules": {"AutomaticallyAfterDays": 30}}],
    ids=["now", "later", "rules"],
)
def test_secret_rotation_configured(stage: Stage, more: dict[str, Any]) -> None:
    name = f"rotated-{hashlib.sha256(repr(more).encode()).hexdigest()[:8]}"
    new_function(stage, name)
    function = stage.functions.get_function_configuration(FunctionName=name)["FunctionArn"]
    arn = make_secret(stage, name)
    before = stage.secrets.get_secret_value(SecretId=arn)

    status, code, text = refusal(stage.secrets.rotate_secret, SecretId=arn)
    assert (status, code) == (400, "InvalidRequestException")
    assert text == "No Lambda rotation function ARN is associated with this secret."
    stage.secrets.rotate_secret(SecretId=arn, RotationLambdaARN=function, **more)
    stage.secrets.rotate_secret(SecretId=arn, ClientRequestToken=before["VersionId"], **more)

    after = stage.secrets.get_secret_value(SecretId=arn)
    assert (after["VersionId"], after["SecretString"]) == (before["VersionId"], before["SecretString"])
    described = stage.secrets.describe_secret(SecretId=arn)
    assert described["RotationLambdaARN"] == function
    assert described["VersionIdsToStages"] == {before["VersionId"]: ["AWSCURRENT"]}
    assert "LastRotatedDate" not in described, "nothing was rotated"
    assert described["RotationEnabled"] or "RotationRules" not in more
    stage.secrets.put_secret_value(SecretId=arn, SecretString="next", VersionStages=["AWSPENDING"])
    status, code, text = refusal(stage.secrets.rotate_secret, SecretId=arn)
    assert (status, code, text.split(".")[0]) == (400, "InvalidRequestException", "A previous rotation isn't complete")
    assert stage.secrets.get_secret_value(SecretId=arn, VersionStage="AWSPENDING")["SecretString"] == "next"


@pytest.mark.parametrize(
    ("fits", "beyond"),
    [
        ({"SecretString": "x" * 65_536}, {"SecretString": "x" * 65_537}),
        ({"SecretString": "ü" * 32_768}, {"SecretString": "ü" * 32_769}),
        ({"SecretBinary": b"x" * 65_536}, {"SecretBinary": b"x" * 65_537}),
    ],
    ids=["string", "letters-of-two-bytes", "binary"],
)
def test_secret_within_limits(stage: Stage, fits: dict[str, Any], beyond: dict[str, Any]) -> None:
    name = f"large/{hashlib.sha256(repr(fits).encode()).hexdigest()[:8]}"
    assert refusal(stage.secrets.create_secret, Name=name, **beyond)[:2] == (400, "ValidationException")
    stage.secrets.create_secret(Name=name, **fits)

    for call in (stage.secrets.put_secret_value, stage.secrets.update_secret):
        status, code, text = refusal(call, SecretId=name, **beyond)
        assert (status, code, text[-5:]) == (400, "ValidationException", "65536")
        call(SecretId=name, **fits)


# KMS


def test_managed_key_of_secrets_manager(connect: Any) -> None:
    kms = connect("kms", "eu-central-1")
    aliases = {row["AliasName"]: row for row in kms.list_aliases()["Aliases"]}
    key = kms.describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]

    assert aliases["alias/aws/secretsmanager"]["TargetKeyId"] == key["KeyId"]
    assert (key["KeyManager"], key["Enabled"]) == ("AWS", True)
    policy = json.loads(kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"])
    first = policy["Statement"][0]
    assert first["Principal"] == {"AWS": ["*"]}
    assert first["Condition"]["StringEquals"]["kms:ViaService"] == "secretsmanager.eu-central-1.amazonaws.com"
    statements = [json.dumps(statement) for statement in policy["Statement"]]
    assert not any("kms:Decrypt" in text and ":root" in text for text in statements), "it delegates no Decrypt"


def test_key_named_by_arn(stage: Stage) -> None:
    arn = make_key(stage, "by-arn")
    stage.kms.disable_key(KeyId=arn)
    assert stage.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Disabled"
    stage.kms.enable_key(KeyId=arn)
    assert stage.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Enabled"
    assert "DeletionDate" in stage.kms.schedule_key_deletion(KeyId=arn)
    assert stage.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_key_policy_has_a_name(stage: Stage) -> None:
    arn = make_key(stage, "policy-name")
    answered = stage.kms.get_key_policy(KeyId=arn)
    policy = json.loads(answered["Policy"])

    assert answered["PolicyName"] == "default"
    assert policy["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert policy["Statement"][0]["Action"] == "kms:*"


def test_key_deny_is_not_for_everyone(stage: Stage) -> None:
    other = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}
    deny = {"Effect": "Deny", "Principal": other, "Action": ["kms:DescribeKey"], "Resource": "*"}
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    allow = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    arn = make_key(stage, "deny", json.dumps({"Version": "2012-10-17", "Statement": [deny, allow]}))

    assert stage.kms.describe_key(KeyId="alias/deny")["KeyMetadata"]["Arn"] == arn
    status, code, text = refusal(stage.kms.describe_key, KeyId="alias/absent")
    assert (status, code) == (400, "NotFoundException")
    assert text == f"Alias arn:aws:kms:eu-west-1:{ACCOUNT}:alias/absent is not found."


# IAM


def test_aws_managed_policies(stage: Stage) -> None:
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    make_role(stage, "managed", managed=arn)

    attached = stage.iam.list_attached_role_policies(RoleName="managed")["AttachedPolicies"]
    assert [row["PolicyArn"] for row in attached] == [arn]
    version = stage.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    body = stage.iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert "ec2:CreateNetworkInterface" in body["Statement"][0]["Action"]
    details = stage.iam.get_account_authorization_details(Filter=["Role", "AWSManagedPolicy"])
    assert arn in {row["Arn"] for row in details["Policies"]}
    status, code, _ = refusal(stage.iam.get_policy, PolicyArn="arn:aws:iam::aws:policy/NoSuchThing")
    assert (status, code) == (404, "NoSuchEntity")


def test_user_boundary(stage: Stage) -> None:
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    stage.iam.create_user(UserName="bounded", PermissionsBoundary=boundary)
    stage.iam.create_user(UserName="free")

    details = stage.iam.get_account_authorization_details(Filter=["User"])["UserDetailList"]
    bounds = {row["UserName"]: row.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") for row in details}
    assert bounds == {"bounded": boundary, "free": None}


# Lambda, and the extension's layer


def test_function_not_run_by_moto(stage: Stage, connect: Any) -> None:
    new_function(stage, "triggered")
    target = stage.functions.get_function_configuration(FunctionName="triggered")["FunctionArn"]

    status, code, _ = refusal(stage.functions.invoke_async, FunctionName="triggered", InvokeArgs=b"{}")
    assert (status, code) == (404, "UnknownOperationException")
    topic = connect("sns").create_topic(Name="triggers")["TopicArn"]
    connect("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=target)
    assert connect("sns").publish(TopicArn=topic, Message="an event that is lost")["MessageId"]
    queue = connect("sqs").create_queue(QueueName="triggers")["QueueUrl"]
    source = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:triggers"
    stage.functions.create_event_source_mapping(EventSourceArn=source, FunctionName="triggered")
    connect("sqs").send_message(QueueUrl=queue, MessageBody="one that is kept")
    groups = connect("logs").describe_log_groups()["logGroups"]
    assert "/aws/lambda/triggered" not in [row["logGroupName"] for row in groups], "moto begins with its log group"


def test_function_has_a_revision(stage: Stage) -> None:
    new_function(stage, "revised")
    first = stage.functions.get_function_configuration(FunctionName="revised")["RevisionId"]

    assert stage.functions.get_function(FunctionName="revised")["Configuration"]["RevisionId"] == first
    stage.functions.update_function_configuration(FunctionName="revised", Timeout=11, RevisionId=first)
    second = stage.functions.get_function_configuration(FunctionName="revised")["RevisionId"]
    assert second != first
    again = {"FunctionName": "revised", "Timeout": 12, "RevisionId": first}
    status, code, _ = refusal(stage.functions.update_function_configuration, **again)
    assert (status, code) == (412, "PreconditionFailedException")


def test_layers_of_other_accounts(stage: Stage) -> None:
    own = stage.functions.publish_layer_version(LayerName="own", Content={"ZipFile": b"PK\x05\x06" + b"\0" * 18})
    wanted = [EXTENSION_LAYERS["x86_64"], own["LayerVersionArn"]]
    new_function(stage, "layered", layers=wanted)

    def layers() -> list[str]:
        return [row["Arn"] for row in stage.functions.get_function_configuration(FunctionName="layered")["Layers"]]

    assert layers() == wanted
    published = stage.functions.publish_version(FunctionName="layered")
    assert [row["Arn"] for row in published["Layers"]] == wanted
    changed = stage.functions.update_function_configuration(FunctionName="layered", Layers=[EXTENSION_LAYERS["arm64"]])
    assert [row["Arn"] for row in changed["Layers"]] == [EXTENSION_LAYERS["arm64"]] == layers()
    stage.functions.update_function_configuration(FunctionName="layered", Timeout=20)
    assert layers() == [EXTENSION_LAYERS["arm64"]], "what is not named stays"
    stage.functions.update_function_configuration(FunctionName="layered", Layers=[])
    assert layers() == []
    absent = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:absent:1"
    status, _, _ = refusal(stage.functions.update_function_configuration, FunctionName="layered", Layers=[absent])
    assert 400 <= status < 500


def test_extension_layer_version(stage: Stage) -> None:
    arn = EXTENSION_LAYERS["arm64"]
    answered = stage.functions.get_layer_version_by_arn(Arn=arn)
    assert answered["LayerVersionArn"] == arn
    assert answered["CompatibleArchitectures"] == ["arm64"]
    assert answered["Version"] == int(arn.rpartition(":")[2])


def test_extension_layer_parameter(connect: Any) -> None:
    for short, architecture in (("x86", "x86_64"), ("arm64", "arm64")):
        name = f"{PARAMETER}/{short}/latest"
        parameter = connect("ssm").get_parameter(Name=name)["Parameter"]
        assert (parameter["Name"], parameter["Type"]) == (name, "String")
        assert parameter["Value"] == EXTENSION_LAYERS[architecture]
    status, code, _ = refusal(connect("ssm").get_parameter, Name="/absent")
    assert (status, code) == (400, "ParameterNotFound")


def test_extension_layer_parameters(connect: Any) -> None:
    answered = connect("ssm").get_parameters(Names=[f"{PARAMETER}/x86/latest", "/absent"])
    assert [row["Value"] for row in answered["Parameters"]] == [EXTENSION_LAYERS["x86_64"]]
    assert answered["InvalidParameters"] == ["/absent"]


def test_function_named_by_arn(stage: Stage) -> None:
    new_function(stage, "named-by-arn")
    stage.functions.publish_version(FunctionName="named-by-arn")
    stage.functions.create_alias(FunctionName="named-by-arn", Name="live", FunctionVersion="1")
    partial = "123456789012:function:named-by-arn"
    full = f"arn:aws:lambda:eu-west-1:{partial}"

    for name in ("named-by-arn", partial, full):
        assert stage.functions.get_function_configuration(FunctionName=name)["Version"] == "$LATEST"
        assert stage.functions.get_function_configuration(FunctionName=name, Qualifier="live")["Version"] == "1"
        assert stage.functions.get_function_configuration(FunctionName=f"{name}:live")["Version"] == "1"
        assert [row["Name"] for row in stage.functions.list_aliases(FunctionName=name)["Aliases"]] == ["live"]


def test_function_vpc_is_true(stage: Stage, place: Any) -> None:
    new_function(stage, "placed", place=place)
    stage.functions.publish_version(FunctionName="placed")
    functions = stage.functions
    answers = [
        functions.get_function_configuration(FunctionName="placed"),
        functions.get_function(FunctionName="placed")["Configuration"],
        functions.get_function(FunctionName="placed", Qualifier="1")["Configuration"],
        *functions.list_versions_by_function(FunctionName="placed")["Versions"],
        *(row for row in functions.list_functions()["Functions"] if row["FunctionName"] == "placed"),
    ]
    assert {answer["VpcConfig"]["VpcId"] for answer in answers} == {place.vpc}
    assert len(answers) == 6


def test_listing_has_no_state(stage: Stage) -> None:
    new_function(stage, "listed")
    left_out = {"State", "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReason"}
    for row in stage.functions.list_functions()["Functions"]:
        assert not left_out & set(row)
    assert stage.functions.get_function_configuration(FunctionName="listed")["State"] == "Active"


def test_listing_has_pages(stage: Stage) -> None:
    for number in range(3):
        new_function(stage, f"paged-{number}")
    everything = [row["FunctionName"] for row in stage.functions.list_functions()["Functions"]]
    first = stage.functions.list_functions(MaxItems=2)
    assert len(first["Functions"]) == 2
    assert "NextMarker" in first
    pages = stage.functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    assert [row["FunctionName"] for page in pages for row in page["Functions"]] == everything
    assert "NextMarker" not in stage.functions.list_functions()


def versioned(stage: Stage, name: str) -> None:
    """Make a function with three versions: aliases name the first two, one of them by a weight."""
    new_function(stage, name)
    for timeout in (11, 12, 13):
        stage.functions.update_function_configuration(FunctionName=name, Timeout=timeout)
        stage.functions.publish_version(FunctionName=name)
    stage.functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    weights = {"AdditionalVersionWeights": {"2": 0.1}}
    stage.functions.create_alias(FunctionName=name, Name="canary", FunctionVersion="1", RoutingConfig=weights)


def versions_of(stage: Stage, name: str) -> dict[str, int]:
    listed = stage.functions.list_versions_by_function(FunctionName=name)["Versions"]
    return {row["Version"]: row["Timeout"] for row in listed}


@pytest.mark.parametrize("qualifier", ["1", "live"])
def test_version_locked(stage: Stage, qualifier: str) -> None:
    name = f"locked-{qualifier}"
    versioned(stage, name)
    before = versions_of(stage, name)
    functions, full = stage.functions, f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{name}"

    for qualified in (f"{name}:{qualifier}", f"{ACCOUNT}:function:{name}:{qualifier}", f"{full}:{qualifier}"):
        for call, change in (
            (functions.update_function_configuration, {"Timeout": 99}),
            (functions.update_function_code, {"ZipFile": b"PK\x05\x06" + b"\0" * 18}),
        ):
            status, code, _ = refusal(call, FunctionName=qualified, **change)
            assert (status, code) == (400, "InvalidParameterValueException")
    assert versions_of(stage, name) == before
    functions.update_function_configuration(FunctionName=f"{full}:$LATEST", Timeout=14)
    assert versions_of(stage, name) == {**before, "$LATEST": 14}


@pytest.mark.parametrize(
    ("qualifier", "status", "code", "said"),
    [
        ("$LATEST", 400, "InvalidParameterValueException", "$LATEST version cannot be deleted without deleting"),
        ("live", 400, "InvalidParameterValueException", "Deletion of aliases is not currently supported."),
        ("1", 409, "ResourceConflictException", "aliases reference it: [canary, live]"),
        ("2", 409, "ResourceConflictException", "aliases reference it: [canary]"),
    ],
    ids=["latest", "alias", "named", "weighted"],
)
def test_version_deletable(stage: Stage, qualifier: str, status: int, code: str, said: str) -> None:
    name = f"deletable-{qualifier.strip('$')}"
    versioned(stage, name)
    before = versions_of(stage, name)
    delete = stage.functions.delete_function

    for which in ({"FunctionName": name, "Qualifier": qualifier}, {"FunctionName": f"{name}:{qualifier}"}):
        answered = refusal(delete, **which)
        assert (*answered[:2], said in answered[2]) == (status, code, True), answered
    assert versions_of(stage, name) == before
    delete(FunctionName=name, Qualifier="3")
    assert set(versions_of(stage, name)) == {"$LATEST", "1", "2"}
    delete(FunctionName=name)
    assert refusal(stage.functions.get_function, FunctionName=name)[1] == "ResourceNotFoundException"
    assert refusal(delete, FunctionName=name, Qualifier="3")[:2] == (404, "ResourceNotFoundException")


# Interface endpoints


def test_endpoint_private_dns_refused(stage: Stage) -> None:
    vpc = stage.ec2.create_vpc(CidrBlock="10.71.0.0/16")["Vpc"]["VpcId"]
    subnet = stage.ec2.create_subnet(VpcId=vpc, CidrBlock="10.71.0.0/24")["Subnet"]["SubnetId"]
    wanted = {
        "VpcId": vpc,
        "VpcEndpointType": "Interface",
        "ServiceName": "com.amazonaws.eu-west-1.secretsmanager",
        "SubnetIds": [subnet],
    }
    status, code, text = refusal(stage.ec2.create_vpc_endpoint, **wanted)
    assert (status, code) == (400, "InvalidParameter")
    assert "enableDnsHostnames" in text

    stage.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    stage.ec2.create_vpc_endpoint(**wanted)
    status, code, text = refusal(stage.ec2.create_vpc_endpoint, **wanted)
    assert (status, code) == (400, "InvalidParameter")
    assert "conflicting DNS domain for secretsmanager.eu-west-1.amazonaws.com" in text


def test_endpoint_created(stage: Stage) -> None:
    place = private_place(stage, "created", 72)
    answered = stage.ec2.create_vpc_endpoint(
        VpcId=place.vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.eu-west-1.secretsmanager",
        SubnetIds=list(place.subnets),
    )["VpcEndpoint"]
    endpoint = endpoint_of(stage, place.vpc)

    assert answered["VpcEndpointId"] == endpoint["VpcEndpointId"]
    for shape in (answered, endpoint):
        names = [row["DnsName"] for row in shape["DnsEntries"]]
        assert names[-1] == "secretsmanager.eu-west-1.amazonaws.com"
        assert all(name.endswith(".secretsmanager.eu-west-1.vpce.amazonaws.com") for name in names[:-1])
        assert len(names) == 4, "regional, two zones, private"
        assert shape["PrivateDnsEnabled"] is True
        assert shape["IpAddressType"] == "ipv4"
        assert shape["DnsOptions"] == {"DnsRecordIpType": "ipv4"}
        assert [row["GroupName"] for row in shape["Groups"]] == ["default"]
        assert len(shape["NetworkInterfaceIds"]) == 2
    gateway = stage.ec2.create_vpc_endpoint(VpcId=place.vpc, ServiceName="com.amazonaws.eu-west-1.s3")
    assert gateway["VpcEndpoint"]["PrivateDnsEnabled"] is False


def test_endpoint_addresses_are_those_that_were_chosen(stage: Stage) -> None:
    vpc = stage.ec2.create_vpc(CidrBlock="10.58.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    six = ipaddress.IPv6Network(f"{ipaddress.ip_network(block).network_address}/64")
    subnet = stage.ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.58.0.0/24", Ipv6CidrBlock=str(six))["Subnet"]
    chosen = {"SubnetId": subnet["SubnetId"], "Ipv4": "10.58.0.77", "Ipv6": str(six[0x77])}
    wanted = {
        "VpcId": vpc["VpcId"],
        "VpcEndpointType": "Interface",
        "ServiceName": "com.amazonaws.eu-west-1.secretsmanager",
        "SubnetIds": [subnet["SubnetId"]],
        "IpAddressType": "dualstack",
        "PrivateDnsEnabled": False,
    }
    first = stage.ec2.create_vpc_endpoint(**wanted, SubnetConfigurations=[chosen])["VpcEndpoint"]
    second = stage.ec2.create_vpc_endpoint(**wanted)["VpcEndpoint"]

    (interface,) = interfaces_of(stage, first)
    assert interface["PrivateIpAddress"] == "10.58.0.77"
    assert [row["Ipv6Address"] for row in interface["Ipv6Addresses"]] == [str(six[0x77])]
    (interface,) = interfaces_of(stage, second)
    assert [ipaddress.ip_address(row["Ipv6Address"]) in six for row in interface["Ipv6Addresses"]] == [True]


def test_endpoint_filter_by_id(stage: Stage) -> None:
    place = private_place(stage, "filtered", 59)
    make_endpoint(stage, place, group_in(stage, place.vpc, "filtered"))
    identifier = endpoint_of(stage, place.vpc)["VpcEndpointId"]

    def found(*values: str) -> list[str]:
        filters = [{"Name": "vpc-endpoint-id", "Values": list(values)}]
        return [row["VpcEndpointId"] for row in stage.ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]]

    assert found(identifier, "vpce-00000000000000000") == [identifier]
    assert found("vpce-00000000000000000") == []


def test_endpoint_deleted(stage: Stage) -> None:
    place = private_place(stage, "deleted", 57)
    group = group_in(stage, place.vpc, "deleted")
    make_endpoint(stage, place, group)
    identifier = endpoint_of(stage, place.vpc)["VpcEndpointId"]

    stage.ec2.delete_vpc_endpoints(VpcEndpointIds=[identifier])

    filters = [{"Name": "vpc-id", "Values": [place.vpc]}]
    assert stage.ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"] == []


def test_endpoint_modified(stage: Stage) -> None:
    place = private_place(stage, "modified", 73)
    first, second = group_in(stage, place.vpc, "first"), group_in(stage, place.vpc, "second")
    make_endpoint(stage, place, first, subnets=place.subnets[:1])
    identifier = endpoint_of(stage, place.vpc)["VpcEndpointId"]

    def change(**what: Any) -> dict[str, Any]:
        stage.ec2.modify_vpc_endpoint(VpcEndpointId=identifier, **what)
        return endpoint_of(stage, place.vpc)

    changed = change(PrivateDnsEnabled=False)
    assert changed["PrivateDnsEnabled"] is False
    assert all("vpce" in row["DnsName"] for row in changed["DnsEntries"])
    changed = change(PrivateDnsEnabled=True)
    assert changed["DnsEntries"][-1]["DnsName"] == "secretsmanager.eu-west-1.amazonaws.com"

    changed = change(AddSecurityGroupIds=[second], RemoveSecurityGroupIds=[first])
    assert [row["GroupId"] for row in changed["Groups"]] == [second]
    (interface,) = interfaces_of(stage, changed)
    assert [row["GroupId"] for row in interface["Groups"]] == [second]

    changed = change(AddSubnetIds=[place.subnets[1]])
    assert [row["SubnetId"] for row in interfaces_of(stage, changed)] == list(place.subnets)
    changed = change(RemoveSubnetIds=[place.subnets[0]])
    assert [row["SubnetId"] for row in interfaces_of(stage, changed)] == [place.subnets[1]]

    changed = change(IpAddressType="dualstack", DnsOptions={"DnsRecordIpType": "dualstack"})
    assert (changed["IpAddressType"], changed["DnsOptions"]["DnsRecordIpType"]) == ("dualstack", "dualstack")


def test_endpoint_interfaces(stage: Stage) -> None:
    place = private_place(stage, "interfaces", 74)
    group = group_in(stage, place.vpc, "endpoint")
    make_endpoint(stage, place, group)
    subnets = {
        row["SubnetId"]: row["CidrBlock"]
        for row in stage.ec2.describe_subnets(SubnetIds=list(place.subnets))["Subnets"]
    }
    interfaces = interfaces_of(stage, endpoint_of(stage, place.vpc))

    assert {row["SubnetId"] for row in interfaces} == set(place.subnets)
    for row in interfaces:
        inside = ipaddress.ip_network(subnets[row["SubnetId"]])
        assert ipaddress.ip_address(row["PrivateIpAddress"]) in inside
        assert [each["PrivateIpAddress"] for each in row["PrivateIpAddresses"]] == [row["PrivateIpAddress"]]
        assert row["InterfaceType"] == "vpc_endpoint"
        assert row["RequesterManaged"] is True
        assert [each["GroupId"] for each in row["Groups"]] == [group]


# The rest of the network


def test_block_public_access(connect: Any) -> None:
    options = connect("ec2").describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert options["InternetGatewayBlockMode"] == "off"
    assert (options["AwsAccountId"], options["AwsRegion"]) == (ACCOUNT, "eu-west-1")

    ec2 = connect("ec2", "eu-north-1")
    changed = ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-ingress")
    assert changed["VpcBlockPublicAccessOptions"]["InternetGatewayBlockMode"] == "block-ingress"
    options = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert options["InternetGatewayBlockMode"] == "block-ingress"
    options = connect("ec2").describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert options["InternetGatewayBlockMode"] == "off", "of one region alone"
    status, code, _ = refusal(ec2.modify_vpc_block_public_access_options, InternetGatewayBlockMode="ajar")
    assert (status, code) == (400, "InvalidParameterValue")


def test_block_public_access_exclusions(connect: Any) -> None:
    assert connect("ec2").describe_vpc_block_public_access_exclusions()["VpcBlockPublicAccessExclusions"] == []


def test_block_public_access_exclusion_created(connect: Any) -> None:
    ec2 = connect("ec2", "eu-west-3")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    first, second = (ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24")["Subnet"]["SubnetId"] for n in range(2))
    ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-bidirectional")

    def modes() -> list[str]:
        rows = {row["SubnetId"]: row for row in ec2.describe_subnets(SubnetIds=[first, second])["Subnets"]}
        return [rows[each]["BlockPublicAccessStates"]["InternetGatewayBlockMode"] for each in (first, second)]

    assert modes() == ["block-bidirectional", "block-bidirectional"]
    made = ec2.create_vpc_block_public_access_exclusion(
        SubnetId=first, InternetGatewayExclusionMode="allow-bidirectional"
    )["VpcBlockPublicAccessExclusion"]
    assert made["ResourceArn"] == f"arn:aws:ec2:eu-west-3:{ACCOUNT}:subnet/{first}"
    assert ec2.describe_vpc_block_public_access_exclusions()["VpcBlockPublicAccessExclusions"] == [made]
    assert modes() == ["off", "block-bidirectional"]
    ec2.create_vpc_block_public_access_exclusion(VpcId=vpc, InternetGatewayExclusionMode="allow-egress")
    assert modes() == ["off", "block-ingress"]
    status, code, _ = refusal(ec2.create_vpc_block_public_access_exclusion, InternetGatewayExclusionMode="allow-egress")
    assert (status, code) == (400, "InvalidParameterValue")


def test_block_public_access_exclusion_deleted(connect: Any) -> None:
    ec2 = connect("ec2", "eu-south-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_block_public_access_exclusion(VpcId=vpc, InternetGatewayExclusionMode="allow-egress")
    identifier = made["VpcBlockPublicAccessExclusion"]["ExclusionId"]

    ec2.delete_vpc_block_public_access_exclusion(ExclusionId=identifier)

    assert ec2.describe_vpc_block_public_access_exclusions()["VpcBlockPublicAccessExclusions"] == []
    status, code, _ = refusal(ec2.delete_vpc_block_public_access_exclusion, ExclusionId=identifier)
    assert (status, code) == (400, "InvalidVpcBlockPublicAccessExclusionId.NotFound")


def test_nothing_of_the_kind(connect: Any) -> None:
    ec2 = connect("ec2")
    assert ec2.describe_security_group_vpc_associations()["SecurityGroupVpcAssociations"] == []
    assert ec2.describe_vpc_encryption_controls()["VpcEncryptionControls"] == []


def test_no_firewall_associations(connect: Any) -> None:
    answered = connect("route53resolver").list_firewall_rule_group_associations()
    assert answered["FirewallRuleGroupAssociations"] == []


def test_block_states(stage: Stage, place: Any) -> None:
    (vpc,) = stage.ec2.describe_vpcs(VpcIds=[place.vpc])["Vpcs"]
    subnets = stage.ec2.describe_subnets(SubnetIds=list(place.subnets))["Subnets"]
    for row in (vpc, *subnets):
        assert row["BlockPublicAccessStates"] == {"InternetGatewayBlockMode": "off"}


def test_default_dhcp_options(connect: Any, stage: Stage, place: Any) -> None:
    (vpc,) = stage.ec2.describe_vpcs(VpcIds=[place.vpc])["Vpcs"]
    (options,) = stage.ec2.describe_dhcp_options(DhcpOptionsIds=[vpc["DhcpOptionsId"]])["DhcpOptions"]
    values = {row["Key"]: [each["Value"] for each in row["Values"]] for row in options["DhcpConfigurations"]}
    assert values == {
        "domain-name-servers": ["AmazonProvidedDNS"],
        "domain-name": ["eu-west-1.compute.internal"],
    }

    own = stage.ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name-servers", "Values": ["10.0.0.9"]}])[
        "DhcpOptions"
    ]["DhcpOptionsId"]
    stage.ec2.associate_dhcp_options(DhcpOptionsId=own, VpcId=place.vpc)
    (vpc,) = stage.ec2.describe_vpcs(VpcIds=[place.vpc])["Vpcs"]
    assert vpc["DhcpOptionsId"] == own


def test_deleted_vpc_leaves_options(stage: Stage) -> None:
    first, second = (stage.ec2.create_vpc(CidrBlock="10.76.0.0/16")["Vpc"] for _ in range(2))
    for vpc in (first, second):
        stage.ec2.delete_vpc(VpcId=vpc["VpcId"])

    (options,) = stage.ec2.describe_dhcp_options(DhcpOptionsIds=[first["DhcpOptionsId"]])["DhcpOptions"]
    assert options["DhcpOptionsId"] == second["DhcpOptionsId"]


def test_created_vpc_has_options(stage: Stage) -> None:
    vpc = stage.ec2.create_vpc(CidrBlock="10.75.0.0/16")["Vpc"]
    assert vpc["CidrBlock"] == "10.75.0.0/16"
    assert vpc["DhcpOptionsId"].startswith("dopt-")


def numbers(acl: dict[str, Any]) -> list[tuple[bool, int, str]]:
    return sorted((row["Egress"], row["RuleNumber"], row["RuleAction"]) for row in acl["Entries"])


def test_last_rules(stage: Stage) -> None:
    vpc = stage.ec2.create_vpc(CidrBlock="10.76.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    own = stage.ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    acls = stage.ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
    by_default = {acl["IsDefault"]: acl for acl in acls}

    last = [(32767, "deny"), (32768, "deny")]
    assert by_default[False]["NetworkAclId"] == own
    assert numbers(by_default[False]) == [(egress, *rule) for egress in (False, True) for rule in last]
    first = [(100, "allow"), (101, "allow")]
    assert numbers(by_default[True]) == [(egress, *rule) for egress in (False, True) for rule in first + last]

    stage.ec2.delete_network_acl_entry(NetworkAclId=by_default[True]["NetworkAclId"], RuleNumber=101, Egress=True)
    again = stage.ec2.describe_network_acls(NetworkAclIds=[by_default[True]["NetworkAclId"]])["NetworkAcls"][0]
    assert (True, 101, "allow") not in numbers(again), "what was deleted stays deleted"


def test_created_acl_has_last_rules(stage: Stage, place: Any) -> None:
    acl = stage.ec2.create_network_acl(VpcId=place.vpc)["NetworkAcl"]
    assert acl["VpcId"] == place.vpc
    assert numbers(acl) == [(False, 32767, "deny"), (True, 32767, "deny")]


def test_dead_routes(stage: Stage) -> None:
    place = private_place(stage, "routes", 77)
    ec2 = stage.ec2
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=place.vpc)
    nat = ec2.create_nat_gateway(SubnetId=place.subnets[0], ConnectivityType="private")["NatGateway"]
    table = ec2.create_route_table(VpcId=place.vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"])
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="192.0.2.0/24", GatewayId=gateway)

    def states() -> dict[str, str]:
        (answered,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return {row["DestinationCidrBlock"]: row["State"] for row in answered["Routes"]}

    alive = {"10.77.0.0/16": "active", "0.0.0.0/0": "active", "192.0.2.0/24": "active"}
    assert states() == alive
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    assert states() == {**alive, "0.0.0.0/0": "blackhole"}
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=place.vpc)
    assert states() == {**alive, "0.0.0.0/0": "blackhole", "192.0.2.0/24": "blackhole"}


def test_subnet_ipv6_state(stage: Stage) -> None:
    vpc = stage.ec2.create_vpc(CidrBlock="10.79.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    made = stage.ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.79.0.0/24", Ipv6CidrBlock=block)["Subnet"]
    (described,) = stage.ec2.describe_subnets(SubnetIds=[made["SubnetId"]])["Subnets"]

    for row in (made, described):
        (association,) = row["Ipv6CidrBlockAssociationSet"]
        assert (association["Ipv6CidrBlock"], association["Ipv6CidrBlockState"]) == (block, {"State": "associated"})


def test_nat_modes(stage: Stage) -> None:
    place = private_place(stage, "nat-modes", 61)
    ec2 = stage.ec2
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=place.vpc)

    def address() -> str:
        return str(ec2.allocate_address(Domain="vpc")["AllocationId"])

    zonal = ec2.create_nat_gateway(SubnetId=place.subnets[0], AllocationId=address())["NatGateway"]
    assert (zonal["ConnectivityType"], zonal["AvailabilityMode"]) == ("public", "zonal")
    zones = [{"AvailabilityZone": "eu-west-1b", "AllocationIds": [address()]}]
    manual = ec2.create_nat_gateway(AvailabilityMode="regional", VpcId=place.vpc, AvailabilityZoneAddresses=zones)
    automatic = ec2.create_nat_gateway(AvailabilityMode="regional", VpcId=place.vpc)["NatGateway"]
    ids = [manual["NatGateway"]["NatGatewayId"], automatic["NatGatewayId"]]
    first, second = ec2.describe_nat_gateways(NatGatewayIds=ids)["NatGateways"]
    for row in (first, second):
        assert (row["AvailabilityMode"], row["ConnectivityType"], row["VpcId"]) == ("regional", "public", place.vpc)
        assert "SubnetId" not in row
        (table,) = ec2.describe_route_tables(RouteTableIds=[row["RouteTableId"]])["RouteTables"]
        assert table["Routes"][-1]["GatewayId"] == gateway
    assert [each["AvailabilityZone"] for each in first["NatGatewayAddresses"]] == ["eu-west-1b"]
    assert (first["AutoProvisionZones"], second["AutoProvisionZones"]) == ("disabled", "enabled")
    status, code, _ = refusal(ec2.create_nat_gateway, AvailabilityMode="regional", VpcId="vpc-0")
    assert (status, code) == (400, "InvalidVpcID.NotFound")


def test_nat_addresses(stage: Stage) -> None:
    place = private_place(stage, "nat", 78)
    nat = stage.ec2.create_nat_gateway(SubnetId=place.subnets[0], ConnectivityType="private")["NatGateway"]
    (described,) = stage.ec2.describe_nat_gateways(NatGatewayIds=[nat["NatGatewayId"]])["NatGateways"]
    (address,) = described["NatGatewayAddresses"]

    assert ipaddress.ip_address(address["PrivateIp"]) in ipaddress.ip_network("10.78.0.0/24")
    identifier = address["NetworkInterfaceId"]
    (interface,) = stage.ec2.describe_network_interfaces(NetworkInterfaceIds=[identifier])["NetworkInterfaces"]
    assert interface["PrivateIpAddress"] == address["PrivateIp"]
    assert interface["InterfaceType"] == "nat_gateway"


# Peering and transit gateways

NO_TABLES = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}


def attached(stage: Stage, name: str, octet: int, options: dict[str, str]) -> tuple[str, str]:
    """Make a transit gateway with one VPC attached; return both ids."""
    place = private_place(stage, name, octet)
    gateway = stage.ec2.create_transit_gateway(Options=options)["TransitGateway"]["TransitGatewayId"]
    attachment = stage.ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=place.vpc, SubnetIds=list(place.subnets)
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    return gateway, attachment


def tables_of(stage: Stage, gateway: str) -> list[str]:
    filters = [{"Name": "transit-gateway-id", "Values": [gateway]}]
    rows = stage.ec2.describe_transit_gateway_route_tables(Filters=filters)["TransitGatewayRouteTables"]
    return [row["TransitGatewayRouteTableId"] for row in rows]


def routes_of(stage: Stage, table: str, *states: str) -> list[tuple[str, str, str, list[str]]]:
    filters = [{"Name": "state", "Values": list(states or ("active", "blackhole"))}]
    found = stage.ec2.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=filters)["Routes"]
    return [
        (
            row["DestinationCidrBlock"],
            row["Type"],
            row["State"],
            [each["TransitGatewayAttachmentId"] for each in row.get("TransitGatewayAttachments", [])],
        )
        for row in found
    ]


def test_transit_gateway_default_table(stage: Stage) -> None:
    made = stage.ec2.create_transit_gateway(Options=NO_TABLES)["TransitGateway"]["TransitGatewayId"]
    assert tables_of(stage, made) == []
    (described,) = stage.ec2.describe_transit_gateways(TransitGatewayIds=[made])["TransitGateways"]
    assert "AssociationDefaultRouteTableId" not in described["Options"]
    made = stage.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    assert len(tables_of(stage, made)) == 1


def test_transit_gateway_attachment_routed(stage: Stage) -> None:
    gateway, attachment = attached(stage, "routed", 81, {})
    (table,) = tables_of(stage, gateway)
    found = stage.ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)["Associations"]
    assert [row["TransitGatewayAttachmentId"] for row in found] == [attachment]
    assert routes_of(stage, table) == [("10.81.0.0/16", "propagated", "active", [attachment])]

    gateway, attachment = attached(stage, "unrouted", 82, NO_TABLES)
    assert tables_of(stage, gateway) == []


def test_transit_gateway_one_table(stage: Stage) -> None:
    gateway, attachment = attached(stage, "one-table", 83, NO_TABLES)
    first, second = (
        stage.ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"][
            "TransitGatewayRouteTableId"
        ]
        for _ in range(2)
    )
    wanted = {"TransitGatewayAttachmentId": attachment}
    stage.ec2.associate_transit_gateway_route_table(TransitGatewayRouteTableId=first, **wanted)
    status, code, _ = refusal(
        stage.ec2.associate_transit_gateway_route_table, TransitGatewayRouteTableId=second, **wanted
    )
    assert (status, code) == (400, "Resource.AlreadyAssociated")


def test_transit_gateway_routes(stage: Stage) -> None:
    gateway, attachment = attached(stage, "transit-routes", 84, NO_TABLES)
    table = stage.ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    identifier = table["TransitGatewayRouteTableId"]

    def route(destination: str, **towards: Any) -> None:
        stage.ec2.create_transit_gateway_route(
            TransitGatewayRouteTableId=identifier, DestinationCidrBlock=destination, **towards
        )

    route("0.0.0.0/0", TransitGatewayAttachmentId=attachment)
    route("10.99.0.0/16", Blackhole=True)
    stage.ec2.enable_transit_gateway_route_table_propagation(
        TransitGatewayRouteTableId=identifier, TransitGatewayAttachmentId=attachment
    )
    static, dead = ("0.0.0.0/0", "static", "active", [attachment]), ("10.99.0.0/16", "static", "blackhole", [])
    propagated = ("10.84.0.0/16", "propagated", "active", [attachment])
    assert routes_of(stage, identifier) == [static, dead, propagated]
    assert routes_of(stage, identifier, "blackhole") == [dead]
    route("10.84.0.0/16", TransitGatewayAttachmentId=attachment)
    assert routes_of(stage, identifier) == [static, dead, ("10.84.0.0/16", "static", "active", [attachment])]

    stage.ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert [row[2] for row in routes_of(stage, identifier)] == ["blackhole"] * 3


def peered(stage: Stage, octet: int) -> str:
    vpcs = [stage.ec2.create_vpc(CidrBlock=f"10.{octet + n}.0.0/16")["Vpc"]["VpcId"] for n in range(2)]
    made = stage.ec2.create_vpc_peering_connection(VpcId=vpcs[0], PeerVpcId=vpcs[1])["VpcPeeringConnection"]
    stage.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made["VpcPeeringConnectionId"])
    return str(made["VpcPeeringConnectionId"])


def peerings(stage: Stage, *values: str) -> list[str]:
    filters = [{"Name": "vpc-peering-connection-id", "Values": list(values)}]
    rows = stage.ec2.describe_vpc_peering_connections(Filters=filters)["VpcPeeringConnections"]
    return [row["VpcPeeringConnectionId"] for row in rows]


def test_peering_filters(stage: Stage) -> None:
    first, second = peered(stage, 90), peered(stage, 92)
    assert peerings(stage, second) == [second]
    assert peerings(stage, first, "pcx-00000000000000000") == [first]


def test_peering_deleted(stage: Stage) -> None:
    made = peered(stage, 94)
    stage.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=made)
    assert peerings(stage, made) == []


def test_absent_ids_refused(stage: Stage) -> None:
    ec2 = stage.ec2
    for call, parameter, identifier, wanted in (
        (ec2.describe_transit_gateways, "TransitGatewayIds", "tgw-0", "InvalidTransitGatewayID.NotFound"),
        (ec2.describe_vpc_endpoints, "VpcEndpointIds", "vpce-0", "InvalidVpcEndpointId.NotFound"),
        (
            ec2.describe_vpc_peering_connections,
            "VpcPeeringConnectionIds",
            "pcx-0",
            "InvalidVpcPeeringConnectionID.NotFound",
        ),
    ):
        status, code, _ = refusal(call, **{parameter: [identifier]})
        assert (status, code) == (400, wanted)


# Organizations


def test_account_has_a_path(connect: Any) -> None:
    organizations = connect("organizations", "us-east-1")
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    (root,) = organizations.list_roots()["Roots"]
    unit = organizations.create_organizational_unit(ParentId=root["Id"], Name="shops")["OrganizationalUnit"]["Id"]
    account = organizations.create_account(AccountName="member", Email="member@example.com")["CreateAccountStatus"]
    member = account["AccountId"]

    def paths(identifier: str) -> list[str]:
        return organizations.describe_account(AccountId=identifier)["Account"]["Paths"]

    assert paths(ACCOUNT) == [f"{made}/{root['Id']}/{ACCOUNT}/"]
    organizations.move_account(AccountId=member, SourceParentId=root["Id"], DestinationParentId=unit)
    assert paths(member) == [f"{made}/{root['Id']}/{unit}/{member}/"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"Environment": {"Variables": {"AWS_REGION": "eu-west-1"}}}, "reserved keys"),
        ({"Environment": {"Variables": {"NAME": "x" * 4086}}}, "exceeded the 4KB limit. Measured size: 4097 bytes"),
        ({"Environment": {"Variables": {"NAME": "ü" * 2043}}}, "exceeded the 4KB limit. Measured size: 4097 bytes"),
        ({"Environment": {"Variables": {"A=B": "x"}}}, "pattern: [a-zA-Z]([a-zA-Z0-9_])+]"),
        ({"Environment": {"Variables": {"_X_AMZN_TRACE_ID": "x"}}}, "pattern: [a-zA-Z]([a-zA-Z0-9_])+]"),
        ({"Environment": {"Variables": {"A": "x"}}}, "pattern: [a-zA-Z]([a-zA-Z0-9_])+]"),
        ({"Layers": [EXTENSION_LAYERS["x86_64"]] * 6}, "Cannot reference more than 5 layers."),
        ({"Timeout": 901}, "less than or equal to 900"),
        ({"MemorySize": 10241}, "less than or equal to 10240"),
    ],
    ids=["reserved", "variables", "bytes", "equals", "underscore", "letter", "layers", "timeout", "memory"],
)
def test_configuration_within_limits(stage: Stage, changed: dict[str, Any], said: str) -> None:
    name = f"limits-{hashlib.sha256(repr(changed).encode()).hexdigest()[:8]}"
    new_function(stage, name)

    status, _, text = refusal(stage.functions.update_function_configuration, FunctionName=name, **changed)

    assert (status, said in text) == (400, True), text
    assert "xxxx" not in text, "no value is repeated"
    stage.functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"NAME": "x" * 4085}}, Timeout=900, MemorySize=10240
    )


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"FunctionName": "with space"}, "ValidationException", "expression pattern: [a-zA-Z0-9-_]+"),
        ({"FunctionName": "with.dot"}, "ValidationException", "expression pattern: [a-zA-Z0-9-_]+"),
        ({"FunctionName": "qualified:1"}, "ValidationException", "expression pattern: [a-zA-Z0-9-_]+"),
        ({"FunctionName": "x" * 65}, "ValidationException", "length less than or equal to 64"),
        ({"Runtime": None}, "InvalidParameterValueException", "Runtime and Handler are mandatory parameters"),
        ({"Handler": None}, "InvalidParameterValueException", "Runtime and Handler are mandatory parameters"),
        ({"Runtime": "python9.9"}, "InvalidParameterValueException", "Value python9.9 at 'runtime' failed to satisfy"),
    ],
    ids=["space", "dot", "qualified", "long", "no-runtime", "no-handler", "unknown-runtime"],
)
def test_function_within_limits(stage: Stage, changed: dict[str, Any], code: str, said: str) -> None:
    role = make_role(stage, f"limited-{hashlib.sha256(repr(changed).encode()).hexdigest()[:8]}")
    fine = {"FunctionName": "y" * 64, "Runtime": "python3.12", "Handler": "app.handler", "Role": role}
    code_of = {"Code": {"ZipFile": b"PK\x05\x06" + b"\0" * 18}}
    wanted = {name: value for name, value in {**fine, **changed}.items() if value is not None}

    status, answered, text = refusal(stage.functions.create_function, **wanted, **code_of)

    assert (status, answered, said in text) == (400, code, True), text
    stage.functions.create_function(**fine, **code_of)
    if changed.get("Runtime"):
        update = stage.functions.update_function_configuration
        assert refusal(update, FunctionName=fine["FunctionName"], **changed)[:2] == (400, code)
    stage.functions.delete_function(FunctionName=fine["FunctionName"])


def test_package_within_limits(stage: Stage) -> None:
    new_function(stage, "packaged")
    update = stage.functions.update_function_code
    large = io.BytesIO()
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(262_144_001))

    status, code, text = refusal(update, FunctionName="packaged", ZipFile=b"no zip")
    assert (status, code, text.split(".")[0]) == (
        400,
        "InvalidParameterValueException",
        "Could not unzip uploaded file",
    )
    status, code, text = refusal(update, FunctionName="packaged", ZipFile=large.getvalue())
    assert (status, text) == (400, "Unzipped size must be smaller than 262144000 bytes")
