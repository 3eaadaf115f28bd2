"""The extension beside the embedded account: its calls arrive, are counted, and can be spoiled."""

from __future__ import annotations

import json
from typing import Any

from smsl.lab.account import Lab

READS = (
    "/secretsmanager/get?secretId=app%2Fdb",
    "/systemsmanager/parameters/get?name=%2Fapp%2Furl&withDecryption=true",
    "/systemsmanager/parameters/get?name=%2Faws%2Freference%2Fsecretsmanager%2Fapp%2Fdb&withDecryption=true",
)


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
