"""Write the shipped tables that are copied from other packages: AWS managed policies, SAM's policy templates.

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


if __name__ == "__main__":
    main()
