"""The extension beside the embedded account: its calls arrive, are counted, and can be spoiled."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from smsl.lab.account import Lab
from smsl.lab.corrected.layers import EXTENSION_LAYERS
from smsl.lab.stage import make_role, open_stage

READS = (
    "/secretsmanager/get?secretId=app%2Fdb",
    "/systemsmanager/parameters/get?name=%2Fapp%2Furl&withDecryption=true",
    "/systemsmanager/parameters/get?name=%2Faws%2Freference%2Fsecretsmanager%2Fapp%2Fdb&withDecryption=true",
)
HANDLER = """
import json, os, time, urllib.error, urllib.request

ADDRESS = f"http://127.0.0.1:{os.environ['PARAMETERS_SECRETS_EXTENSION_HTTP_PORT']}/secretsmanager/get?secretId=app/key"

def handler(event, context):
    for _ in range(200):
        request = urllib.request.Request(ADDRESS)
        request.add_header("X-Aws-Parameters-Secrets-Token", os.environ["AWS_SESSION_TOKEN"])
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)["SecretString"]
        except urllib.error.HTTPError as refused:
            with refused:
                assert refused.read() == b"not ready to serve traffic, please wait"
        time.sleep(0.005)
"""


def test_it_reads_what_the_embedded_account_holds(lab: Lab, connect: Any, stand: Any) -> None:
    secrets, parameters = connect("secretsmanager"), connect("ssm")
    made = secrets.create_secret(Name="app/db", SecretString="p&w")
    parameters.put_parameter(Name="/app/url", Value="u<r>l", Type="SecureString")
    lab.forget_calls()
    extension = stand.start(AWS_ENDPOINT_URL=lab.url, AWS_ACCESS_KEY_ID="AKIAI44QH8DHBEXAMPLE")
    secret, parameter, referenced = [json.loads(extension.ask(each)[1]) for each in READS for _ in range(2)][::2]

    assert (secret["ARN"], secret["SecretString"], secret["VersionId"]) == (made["ARN"], "p&w", made["VersionId"])
    assert secret["VersionStages"] == ["AWSCURRENT"]
    assert secret["CreatedDate"].endswith("Z")
    assert parameter["Parameter"]["Value"] == "u<r>l"
    assert (parameter["Parameter"]["Type"], parameter["Parameter"]["Version"]) == ("SecureString", 1)
    assert referenced["Parameter"]["Value"] == "p&w"
    counted = [(call["caller"], call["service"], call["operation"], call["region"]) for call in lab.calls()]
    assert counted == [
        ("AKIAI44QH8DHBEXAMPLE", service, operation, "eu-west-1")
        for service, operation in (
            ("secretsmanager", "GetSecretValue"),
            ("ssm", "GetParameter"),
            ("ssm", "GetParameter"),
        )
    ]


def test_each_attempt_is_a_call_that_the_account_counts(lab: Lab, stand: Any) -> None:
    lab.forget_calls()
    lab.set_faults({"kind": "throttle", "service": "secretsmanager"})
    extension = stand.start(AWS_ENDPOINT_URL=lab.url)

    assert extension.ask(READS[0])[0] == 400
    assert [call["operation"] for call in lab.calls()] == ["GetSecretValue"] * 3


def test_a_function_with_the_layer_reads_its_secret_once(lab: Lab, connect: Any) -> None:
    stage, package = open_stage(lab.url), io.BytesIO()
    connect("secretsmanager").create_secret(Name="app/key", SecretString="k")
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", HANDLER)
    stage.functions.create_function(
        FunctionName="reader",
        Role=make_role(stage, "reader"),
        Code={"ZipFile": package.getvalue()},
        Runtime="python3.12",
        Handler="app.handler",
        Timeout=20,
        Layers=[EXTENSION_LAYERS["x86_64"]],
    )
    lab.forget_calls()
    answers = [stage.functions.invoke(FunctionName="reader")["Payload"].read() for _ in range(3)]

    assert answers == [b'"k"'] * 3
    [call] = [call for call in lab.calls() if call["service"] == "secretsmanager"]
    assert (call["operation"], call["status"]) == ("GetSecretValue", 200)
