"""Write the shipped tables that are copied from other packages: AWS managed policies, and what SAM grants in short.

Usage: python docs/tables.py (a test compares what it would write with what is shipped)

moto has the documents of AWS's managed policies as IAM's API gives them; aws-sam-translator is AWS's own expansion of
SAM templates. Both are Apache-2.0, and only facts are taken: names, parameters and statements.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
MANAGED_POLICIES = ROOT / "smsl" / "sources" / "data" / "managed_policies.json"
SAM_POLICIES = ROOT / "smsl" / "sources" / "cfn" / "data" / "sam_policies.json"
SAM_CONNECTORS = ROOT / "smsl" / "sources" / "cfn" / "data" / "sam_connectors.json"
SAM_DATE = "2026-10-12"
"""Of the release of aws-sam-translator that is pinned, as the files in its wheel are dated."""
FUNCTION = "AWS::Lambda::Function"

SERVICES = ("iam", "kms", "lambda", "secretsmanager", "ssm", "sts")
"""Of other services' actions the table says nothing, except in policies that are kept whole."""
WHOLE = ("AWSLambda*", "AWSXRay*", "CloudWatchLambda*")
BY_USE = (
    *("AWSAppConfig*", "AWSBatchFullAccess", "AWSCodeCommit*", "AWSGlue*", "AWSKeyManagementServicePowerUser"),
    *("AWSLambda*", "AWSQuickSightSecretsManager*", "AWSSecretsManager*", "AWSStepFunctions*", "AWSXRay*"),
    *("AdministratorAccess", "AmazonBedrock*", "AmazonCognito*", "AmazonDocDB*", "AmazonDynamoDB*"),
    *("AmazonEC2*Access", "AmazonECS_FullAccess", "AmazonElasticFileSystem*", "AmazonEventBridge*"),
    *("AmazonKeyspaces*", "AmazonKinesis*", "AmazonLex*", "AmazonMSK*", "AmazonRDS*", "AmazonRedshift*"),
    *("AmazonS3*", "AmazonSNS*", "AmazonSQS*", "AmazonSSM*", "AmazonSageMakerFullAccess", "AmazonTimestream*"),
    *("AmazonVPC*", "BedrockAgentCoreFullAccess", "CloudWatch*", "Neptune*", "PowerUserAccess", "ReadOnlyAccess"),
    *("SecretsManagerReadWrite", "SecurityAudit", "ViewOnlyAccess"),
)
"""What roles of functions have attached: kept however much these say."""
MOST_BYTES = 350
"""Of all others: those that say so little of the services. What says more is for people and for other services."""


def managed_policies() -> str:
    """Return the table of AWS managed policies as JSON, a policy on each line."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    rows: Mapping[str, Any] = json.loads(aws_managed_policies_data)
    kept: dict[str, str] = {}
    for name, row in rows.items():
        statements = _compact(list(narrowed(name, row["Document"])))
        used = any(fnmatch.fnmatchcase(name, pattern) for pattern in BY_USE)
        if row["Path"] != "/aws-service-role/" and (used or len(statements) <= MOST_BYTES):
            if row["Document"]["Version"] != "2012-10-17":
                raise SystemExit(f"{name}: of another version of the language")
            kept[row["Path"].lstrip("/") + name] = statements
    head = {
        "date": max(row["UpdateDate"] for row in rows.values())[:10],
        "source_url": "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",
        "copied_from": f"moto {version('moto')}, moto/iam/aws_managed_policies.py (Apache-2.0)",
        "services": SERVICES,
        "whole": WHOLE,
    }
    return _table(head, "policies", kept)


def narrowed(name: str, document: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield those statements that bear on the services, each with its place in the document.

    Of the actions only those are kept that may be the services'; an element of any other kind stays as it is.
    """
    whole = any(fnmatch.fnmatchcase(name, pattern) for pattern in WHOLE)
    for place, statement in enumerate(_listed(document["Statement"])):
        if whole or "NotAction" in statement:
            yield place, statement
        elif actions := [action for action in _listed(statement["Action"]) if _may_be_of_services(action)]:
            yield place, {**statement, "Action": actions if len(actions) > 1 else actions[0]}


def sam_policies() -> str:
    """Return SAM's policy templates as JSON, a template on each line: its parameters and its statements."""
    from samtranslator.policy_templates_data import POLICY_TEMPLATES_FILE

    templates: Mapping[str, Any] = json.loads(Path(POLICY_TEMPLATES_FILE).read_text(encoding="utf-8"))["Templates"]
    head = _sam_head("serverless-policy-template-list.html", "policy_templates_data/policy_templates.json")
    rows = {
        name: {"parameters": list(row["Parameters"]), "statements": row["Definition"]["Statement"]}
        for name, row in templates.items()
    }
    return _table(head, "templates", {name: _compact(row) for name, row in rows.items()})


def sam_connectors() -> str:
    """Return, by the types of source and destination, what a connector allows the role of a function.

    The others give a function's own policy a statement, or the role or the policy of something else: null.
    """
    from samtranslator.model.connector_profiles.profile import PROFILE

    head = _sam_head("reference-sam-connector.html", "model/connector_profiles/profiles.json")
    rows = {}
    for source, destinations in PROFILE["Permissions"].items():
        for destination, profile in destinations.items():
            owner = "source" if profile["Properties"]["SourcePolicy"] else "destination"
            of_function = {"source": source, "destination": destination}[owner] == FUNCTION
            granted = None
            if profile["Type"] == "AWS_IAM_ROLE_MANAGED_POLICY" and of_function:
                categories = profile["Properties"]["AccessCategories"]
                statements = {name: category["Statement"] for name, category in categories.items()}
                granted = {"role": owner, "statements": statements}
            rows[f"{source} {destination}"] = _compact(granted)
    return _table(head, "connectors", rows)


def _sam_head(page: str, file: str) -> dict[str, object]:
    return {
        "date": SAM_DATE,
        "source_url": f"https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/{page}",
        "copied_from": f"aws-sam-translator {version('aws-sam-translator')}, samtranslator/{file} (Apache-2.0)",
    }


def _may_be_of_services(action: str) -> bool:
    prefix = action.partition(":")[0].lower()
    return any(fnmatch.fnmatchcase(service, prefix) for service in SERVICES)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _table(head: Mapping[str, object], member: str, rows: Mapping[str, str]) -> str:
    """Return an object whose last member holds a row on each line."""
    lines = [f'"{name}":{text}' for name, text in sorted(rows.items())]
    return "{\n" + "".join(_members(head)) + f'"{member}":{{\n' + ",\n".join(lines) + "\n}\n}\n"


def _members(head: Mapping[str, object]) -> Iterable[str]:
    return (f"{json.dumps(name)}:{json.dumps(value)},\n" for name, value in head.items())


def main() -> None:
    """Write the tables."""
    MANAGED_POLICIES.write_text(managed_policies(), encoding="utf-8")
    SAM_POLICIES.write_text(sam_policies(), encoding="utf-8")
    SAM_CONNECTORS.write_text(sam_connectors(), encoding="utf-8")


if __name__ == "__main__":
    main()
