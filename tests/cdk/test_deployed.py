"""The recorded apps, deployed: the account has the verdicts that the table of apps promises of the templates."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest

from smsl.audit import audit
from smsl.lab.account import REGION, Lab

HERE = Path(__file__).parent
BUCKET = f"cdk-hnb659fds-assets-123456789012-{REGION}"
ASSET = re.compile(r"[0-9a-f]{64}\.zip")


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"cdk_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


synth = loaded(HERE / "synth.py")
deployed = loaded(HERE.parent / "infrastructures" / "deployed.py")
POSSIBLE = [name for name, row in synth.APPS.items() if not row.get("exists", "").endswith("-AbCdEf")]
"""Without those whose secret has an ARN that is known already: the lab draws the end of an ARN, as AWS does."""


def bootstrapped(url: str, assets: set[str]) -> None:
    """Put into the account what `cdk bootstrap` and `cdk deploy` put there before the stacks."""

    def client(service: str) -> Any:
        return boto3.client(service, endpoint_url=url, region_name=REGION)

    client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    buckets = client("s3")
    buckets.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", (HERE / "apps" / "code" / "index.py").read_text())
    for asset in assets:
        buckets.put_object(Bucket=BUCKET, Key=asset, Body=code.getvalue())


def without_custom_resources(text: str) -> str:
    """Leave out what a function of the stack would do while the stack is made: the lab runs none for it."""
    template = json.loads(text)
    kept = {name: each for name, each in template["Resources"].items() if not each["Type"].startswith("Custom::")}
    return json.dumps({**template, "Resources": kept})


@pytest.mark.verify
@pytest.mark.parametrize("name", POSSIBLE)
def test_an_app_deployed(account: Lab, name: str) -> None:
    account.empty()
    row, directory = synth.APPS[name], synth.RECORDED / name
    artifacts = json.loads((directory / "manifest.json").read_text())["artifacts"].items()
    stacks = {
        stack: (directory / each["properties"]["templateFile"]).read_text()
        for stack, each in artifacts
        if each["type"] == "aws:cloudformation:stack"
    }
    bootstrapped(account.url, {asset for text in stacks.values() for asset in ASSET.findall(text)})
    if "exists" in row:
        secrets = boto3.client("secretsmanager", endpoint_url=account.url, region_name=REGION)
        secrets.create_secret(Name=row["exists"], SecretString="not-a-real-password")

    for stack, text in stacks.items():  # the manifest names a stack after those that it depends on
        made = deployed.deploy(account.url, without_custom_resources(text), stack)
        assert made.status == "CREATE_COMPLETE"

    # A template does not say of a secret from elsewhere that it does not rotate; the account does.
    unsaid = {"rotation-off"} if "exists" in row else set()
    judged = deployed.judged(audit(deployed.snapshot(*row["functions"])))
    for function in judged.values():
        function["findings"] = [rule for rule in function["findings"] if rule not in unsaid]
    assert judged == row["functions"]
