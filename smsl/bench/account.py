"""The AWS API as the bench uses it: Amazon's or the lab's, the same calls.

The one module of the bench that speaks to AWS. Whatever a call raises becomes one sentence with the error's code;
its text is never kept, since it can repeat what was sent: a secret's value among it.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from smsl.model.errors import SmslError
from smsl.sources.aws.connection import Clients, failure_of, told
from smsl.sources.aws.facts import Failure

_INVOKE_SECONDS = 60.0
"""To wait for an invocation's answer: longer than the bench's functions may take with their initialisation."""
_CONTROL_RATE = 10.0
"""Control calls a second, below the 15 that Lambda takes together.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
"""
_TRAIL_RATE = 1.5
"""Look-ups in CloudTrail a second, below its 2.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""
_PROPAGATION = 90.0
"""Seconds for a new role or policy to be known everywhere."""
_UPDATE = 60.0
"""Seconds for a function to take a new configuration."""
_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
_PARAMETER = "/aws/service/aws-parameters-and-secrets-lambda-extension/{}/latest"
"""Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html"""
_MANAGED_KEY = "alias/aws/secretsmanager"
ROLE_PATH = "/smsl-bench/"
POLICY = "read-secrets"


@dataclass(frozen=True, slots=True)
class Invoked:
    """What an Invoke answered."""

    payload: Any
    """Parsed JSON; None when it is none."""
    error: bool
    log: str
    seen: float
    """Milliseconds from the request to the answer."""


class Account:
    """The calls, in one region.

    Args:
        clients: With the credentials to use.
        region: Where functions and secrets are.
        paced: Whether to keep below Lambda's rates; the lab has none.
    """

    def __init__(self, clients: Clients, region: str, *, paced: bool) -> None:
        self.region = region
        self._clients = clients
        self._invoker: Any = clients.patient_client("lambda", region, _INVOKE_SECONDS)
        self._pace = Pace(_CONTROL_RATE if paced else None)
        self._trail_pace = Pace(_TRAIL_RATE if paced else None)
        self.paced = paced

    def number(self) -> str:
        """Return the account's id."""
        with _worded("sts:GetCallerIdentity"):
            return str(self._client("sts").get_caller_identity()["Account"])

    # Secrets.

    def make_secret(self, name: str, value: str, tags: Mapping[str, str]) -> tuple[str, str]:
        """Make a secret and return its ARN and the version of its value."""
        with _worded("secretsmanager:CreateSecret", "secretsmanager:TagResource"):
            made = self._client("secretsmanager").create_secret(Name=name, SecretString=value, Tags=_pairs(tags))
            return str(made["ARN"]), str(made["VersionId"])

    def rotate(self, secret: str, value: str) -> str:
        """Give a secret a new value and return its version."""
        with _worded("secretsmanager:PutSecretValue"):
            return str(
                self._client("secretsmanager").put_secret_value(SecretId=secret, SecretString=value)["VersionId"]
            )

    def secret(self, name: str) -> tuple[str, str | None]:
        """Return the ARN and the customer's key, if it has one, of a secret of the account."""
        with _worded("secretsmanager:DescribeSecret"):
            found = self._client("secretsmanager").describe_secret(SecretId=name)
            key = str(found.get("KmsKeyId") or _MANAGED_KEY)
            return str(found["ARN"]), None if key.endswith(_MANAGED_KEY) else key

    def drop_secret(self, name: str) -> None:
        """Delete a secret at once; one that is not there is no error."""
        with _worded("secretsmanager:DeleteSecret", absent=True):
            self._client("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)

    # Roles.

    def make_role(self, name: str, statements: Sequence[Mapping[str, object]], tags: Mapping[str, str]) -> str:
        """Make an execution role with one policy, or none when there are no statements, and return its ARN."""
        iam = self._client("iam")
        with _worded("iam:CreateRole", "iam:TagRole"):
            role = iam.create_role(RoleName=name, Path=ROLE_PATH, AssumeRolePolicyDocument=_TRUST, Tags=_pairs(tags))[
                "Role"
            ]
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            with _worded("iam:PutRolePolicy"):
                iam.put_role_policy(RoleName=name, PolicyName=POLICY, PolicyDocument=document)
        return str(role["Arn"])

    def drop_role(self, name: str) -> None:
        """Delete a role with its policy; what is not there is no error."""
        iam = self._client("iam")
        with _worded("iam:DeleteRolePolicy", absent=True):
            iam.delete_role_policy(RoleName=name, PolicyName=POLICY)
        with _worded("iam:DeleteRole", absent=True):
            iam.delete_role(RoleName=name)

    # Functions.

    def make_function(self, wanted: Mapping[str, Any], wait: Callable[[str], None]) -> None:
        """Make a function, as soon as Lambda may assume its role, and return when it is ready.

        Args:
            wanted: Lambda's own parameters.
            wait: Told what is being waited for.
        """
        deadline = time.monotonic() + _PROPAGATION
        with _worded("lambda:CreateFunction", "lambda:TagResource", "iam:PassRole", "lambda:GetLayerVersion"):
            while True:
                self._pace.take()
                try:
                    self._client("lambda").create_function(**wanted)
                    break
                except Exception as error:
                    if not _is_propagating(error) or time.monotonic() > deadline:
                        raise
                wait("waiting until Lambda may assume the new role")
                time.sleep(1)
        self._ready(str(wanted["FunctionName"]))

    def set_variables(self, name: str, variables: Mapping[str, str]) -> None:
        """Give a function other variables, and with them new environments; return when it is ready."""
        with _worded("lambda:UpdateFunctionConfiguration"):
            self._pace.take()
            self._client("lambda").update_function_configuration(
                FunctionName=name, Environment={"Variables": dict(variables)}
            )
        self._ready(name)

    def drop_function(self, name: str) -> None:
        """Delete a function; one that is not there is no error."""
        with _worded("lambda:DeleteFunction", absent=True):
            self._pace.take()
            self._client("lambda").delete_function(FunctionName=name)

    def invoke(self, name: str) -> Invoked:
        """Invoke a function and return its answer with the end of its log."""
        with _worded("lambda:InvokeFunction"):
            started = time.perf_counter()
            answer = self._invoker.invoke(FunctionName=name, Payload=b"{}", LogType="Tail")
            body = answer["Payload"].read()
            seen = (time.perf_counter() - started) * 1000
        return Invoked(_parsed(body), "FunctionError" in answer, _decoded(answer.get("LogResult", "")), seen)

    def newest_extension(self, architecture: str) -> str | None:
        """Return the ARN of the newest layer of AWS's extension, None when it cannot be read.

        Its public parameter is the only place that has it; the table that ships is what remains then.
        """
        name = _PARAMETER.format({"x86_64": "x86", "arm64": "arm64"}[architecture])
        try:
            return str(self._client("ssm").get_parameter(Name=name)["Parameter"]["Value"])
        except Exception:  # noqa: BLE001 -- whatever it is, there is the table
            return None

    def recorded(self, session: str, begin: float, end: float) -> Iterator[tuple[str, float]]:
        """Yield the name and the Unix time of each event that CloudTrail has of a session of some role.

        Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
        """
        wanted: dict[str, Any] = {
            "LookupAttributes": [{"AttributeKey": "Username", "AttributeValue": session}],
            "StartTime": datetime.fromtimestamp(begin - 1, UTC),
            "EndTime": datetime.fromtimestamp(end + 1, UTC),
        }
        while True:
            self._trail_pace.take()
            with _worded("cloudtrail:LookupEvents"):
                page = self._client("cloudtrail").lookup_events(**wanted)
            for event in page.get("Events", ()):
                yield str(event["EventName"]), event["EventTime"].timestamp()
            if "NextToken" not in page:
                return
            wanted["NextToken"] = page["NextToken"]

    def _client(self, service: str) -> Any:
        return self._clients.client(service, self.region)

    def _ready(self, name: str) -> None:
        """Wait until a function is active and its last update is in force."""
        deadline = time.monotonic() + _UPDATE
        pause = 0.1
        while True:
            with _worded("lambda:GetFunctionConfiguration"):
                found = self._client("lambda").get_function_configuration(FunctionName=name)
            state, update = found.get("State", "Active"), found.get("LastUpdateStatus", "Successful")
            if state == "Active" and update == "Successful":
                return
            if "Failed" in {state, update} or time.monotonic() > deadline:
                raise SmslError(f"The function {name} did not become ready (state {state}, update {update}).")
            time.sleep(pause)
            pause = min(2.0, pause * 1.5)


class Pace:
    """Lets so many through a second, evenly; None lets everybody through."""

    def __init__(self, rate: float | None) -> None:
        self._apart = 0.0 if rate is None else 1 / rate
        self._lock = threading.Lock()
        self._next = 0.0

    def take(self) -> None:
        """Wait for one's turn."""
        if not self._apart:
            return
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._apart
        time.sleep(turn - now)


@contextmanager
def _worded(*actions: str, absent: bool = False) -> Iterator[None]:
    """Turn whatever a call raises into one sentence.

    Args:
        actions: What IAM may have refused.
        absent: Whether it is no error when the thing is not there.
    """
    try:
        yield
    except SmslError:
        raise
    except Exception as error:  # noqa: BLE001 -- told in one sentence
        failure = failure_of(error)
        if absent and failure.kind == "absent":
            return
        raise _sentence(failure, actions) from None


def _sentence(failure: Failure, actions: Sequence[str]) -> SmslError:
    action = actions[0]
    match failure.kind:
        case "refused":
            return SmslError(f"AWS refused {action} ({failure.code}).", f"The bench needs {' and '.join(actions)}.")
        case "throttled":
            return SmslError(f"AWS throttled {action} ({failure.code}).", "Try again in a minute.")
        case "absent":
            return SmslError(f"AWS found nothing for {action} ({failure.code}).", "Check the name and the region.")
        case "no answer":
            return SmslError(f"AWS did not answer {action} in time ({failure.code}).", "Try again in a minute.")
        case "error":
            return SmslError(
                f"AWS answered {action} with an error ({failure.code}).",
                "Check what was asked for, or try again in a minute.",
            )
    return told(failure, "")


def _is_propagating(error: Exception) -> bool:
    """Tell the error of a role that is too new from all others: it has no code of its own."""
    response = getattr(error, "response", {})
    detail = response.get("Error", {})
    return detail.get("Code") == "InvalidParameterValueException" and "cannot be assumed" in str(detail.get("Message"))


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _decoded(log: str) -> str:
    try:
        return base64.b64decode(log).decode("utf-8", "replace")
    except ValueError:
        return ""
