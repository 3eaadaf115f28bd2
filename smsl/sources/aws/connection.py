"""How to reach AWS: the one place that makes clients, signs with credentials and names what went wrong."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smsl.model.errors import SmslError
from smsl.sources.aws.facts import Answer, Call, Failure

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session

CONNECT_SECONDS = 3.0
READ_SECONDS = 6.0
ATTEMPTS = 2
"""Of one call, the first included: an answer that needs a third is a Gap."""

_REFUSED = frozenset({
    "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized",
    "AccessDeniedForDependencyException",
})  # fmt: skip
_THROTTLED = frozenset({
    "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "TooManyRequestsException",
    "RequestThrottled", "RequestThrottledException", "SlowDown", "PriorRequestNotComplete", "LimitExceededException",
})  # fmt: skip
_ABSENT = frozenset({
    "ResourceNotFoundException", "NoSuchEntity", "NoSuchEntityException", "NotFoundException", "ParameterNotFound",
    "AWSOrganizationsNotInUseException",
})  # fmt: skip
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_NOBODY = frozenset({
    "UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "InvalidSignatureException",
    "SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Connection:
    """What the command line says of how to reach AWS; the standard AWS_* variables fill in the rest."""

    profile: str | None = None
    role_arn: str | None = None
    """A role to assume first."""
    endpoint_url: str | None = None
    deadline: float = 20.0
    """Seconds for the whole audit."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One call as it was made, for ``--debug``: never its parameters."""

    call: str
    region: str
    seconds: float
    outcome: str


class Clients:
    """botocore clients, one for each service and region, made when first used."""

    def __init__(self, session: Session, endpoint_url: str | None) -> None:
        self._session = session
        self._endpoint_url = endpoint_url
        self._made: dict[tuple[str, str], BaseClient] = {}
        self._lock = threading.Lock()  # a botocore session is not safe to make clients from side by side
        self._timings: list[Timing] = []
        self._heard = 0.0

    def heard(self) -> float:
        """Return when AWS last answered a request, a page of a list included, as a time of `time.monotonic`."""
        return self._heard

    def _hear(self, **_event: object) -> None:
        self._heard = time.monotonic()

    @property
    def timings(self) -> tuple[Timing, ...]:
        """All calls made so far."""
        return tuple(self._timings)

    def client(self, service: str, region: str) -> BaseClient:
        """Return the client of a service in a region."""
        from botocore.config import Config

        with self._lock:
            client = self._made.get((service, region))
            if client is None:
                config = Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                    max_pool_connections=32,
                    user_agent_extra="smsl",
                )
                client = self._session.create_client(
                    service, region_name=region, endpoint_url=self._endpoint_url, config=config
                )
                client.meta.events.register("after-call", self._hear)
                self._made[service, region] = client
            return client

    def patient_client(self, service: str, region: str, seconds: float) -> BaseClient:
        """Return a new client that waits long for an answer and never asks twice: for calls that do something."""
        from botocore.config import Config

        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=seconds,
            retries={"total_max_attempts": 1},
            max_pool_connections=64,
            user_agent_extra="smsl",
            tcp_keepalive=True,
        )
        with self._lock:
            return self._session.create_client(
                service, region_name=region, endpoint_url=self._endpoint_url, config=config
            )

    def regions(self, service: str, like: str) -> tuple[str, ...]:
        """Return the regions that offer a service in the partition of the region `like`."""
        partition = self._session.get_partition_for_region(like)
        return tuple(self._session.get_available_regions(service, partition_name=partition))

    def ask(self, call: Call) -> Answer:
        """Return what AWS answers, with all pages in one; any exception is a Failure."""
        start = time.monotonic()
        answer: Answer
        try:
            answer = _all_pages(self.client(call.service, call.region), call)
        except Exception as error:  # noqa: BLE001 -- a call that fails in whatever way is a Gap, never a traceback
            answer = failure_of(error)
        outcome = answer.kind if isinstance(answer, Failure) else "ok"
        self._timings.append(Timing(call.name, call.region, time.monotonic() - start, outcome))
        return answer


def _all_pages(client: BaseClient, call: Call) -> Mapping[str, Any]:
    from botocore import xform_name

    method = xform_name(call.operation)
    if client.can_paginate(method):
        pages: Mapping[str, Any] = client.get_paginator(method).paginate(**call.parameters).build_full_result()
        return pages
    answer: dict[str, Any] = getattr(client, method)(**call.parameters)
    if "HostedZoneSummaries" in answer:  # the one list without a paginator
        token = answer.pop("NextToken", None)
        while token:
            page = getattr(client, method)(**call.parameters, NextToken=token)
            answer["HostedZoneSummaries"] += page.get("HostedZoneSummaries", [])
            token = page.get("NextToken")
    return answer


def failure_of(error: Exception) -> Failure:
    """Return the kind and code of what a call raised; its text is never kept, since it comes from outside."""
    from botocore import exceptions

    if isinstance(error, exceptions.ClientError):
        code = str(error.response.get("Error", {}).get("Code", "")) or "ClientError"
        code = code.removeprefix("Client.").split(":")[0][:80]
        if code in _REFUSED:
            return Failure("refused", code)
        if code in _THROTTLED:
            return Failure("throttled", code)
        if code in _ABSENT or code.endswith(".NotFound"):
            return Failure("absent", code)
        if code in _EXPIRED:
            return Failure("expired", code)
        if code in _NOBODY:
            return Failure("nobody", code)
        return Failure("error", code if code.replace(".", "").replace("_", "").isalnum() else "ClientError")
    name = type(error).__name__
    if isinstance(error, exceptions.ConnectTimeoutError | exceptions.ReadTimeoutError):
        return Failure("no answer", name)
    if isinstance(
        error,
        exceptions.EndpointConnectionError | exceptions.ConnectionError | exceptions.ProxyConnectionError,
    ):
        return Failure("unreachable", name)
    if isinstance(error, exceptions.UnauthorizedSSOTokenError | exceptions.SSOError):
        return Failure("sso", name)
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return Failure("no credentials", name)
    if isinstance(error, exceptions.BotoCoreError) and "Token" in name:
        return Failure("sso", name)
    return Failure("garbled", name)


def quiet_botocore() -> None:
    """Keep botocore's loggers from writing requests and answers, whatever the process logs.

    Its debug records carry whole response bodies: the environment of a function among them.
    """
    for name in ("botocore", "urllib3", "boto3", "s3transfer"):
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL)


@contextmanager
def _told() -> Iterator[None]:
    from botocore import exceptions

    try:
        yield
    except exceptions.ProfileNotFound:
        raise SmslError("No such AWS profile.", "List yours with: aws configure list-profiles") from None
    except exceptions.BotoCoreError as error:
        raise told(failure_of(error), "") from None


def told(failure: Failure, endpoint: str) -> SmslError:
    """Return the one sentence that a failed first call deserves, with the next step."""
    match failure.kind:
        case "no credentials":
            return SmslError(
                "No AWS credentials were found.",
                "Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with: aws sso login",
            )
        case "sso":
            return SmslError(
                "The single sign-on session has expired or was never begun.", "Sign in with: aws sso login"
            )
        case "expired":
            return SmslError(
                "The AWS credentials have expired.",
                "Renew them (aws sso login, or your own way) and try again.",
            )
        case "nobody":
            return SmslError(
                f"AWS does not accept these credentials ({failure.code}).",
                "Check AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN, and that the region is enabled.",
            )
        case "unreachable":
            where = f" at {endpoint}" if endpoint else ""
            return SmslError(
                f"The AWS endpoint{where} cannot be reached.",
                "Check the network, --endpoint-url, AWS_ENDPOINT_URL and the region's name.",
            )
        case "no answer":
            return SmslError("AWS did not answer in time.", "Try again, or give more time with --deadline.")
        case "refused":
            return SmslError(
                f"AWS refused the first call ({failure.code}).",
                "smsl needs shows the permissions that smsl wants.",
            )
        case "throttled":
            return SmslError("AWS throttled the first call, twice.", "Try again in a minute.")
        case "garbled":
            return SmslError(
                f"The endpoint answered something that is not AWS's ({failure.code}).",
                "Check --endpoint-url and AWS_ENDPOINT_URL.",
            )
        case _:
            return SmslError(f"AWS answered with an error ({failure.code}).", "Check the region and the name.")


def connect(connection: Connection, region: str) -> Clients:
    """Return clients with the credentials that the connection asks for.

    Raises:
        SmslError: No such profile, no credentials, or the role cannot be assumed.
    """
    import botocore.session

    quiet_botocore()
    with _told():
        session = botocore.session.Session(profile=connection.profile)
        if session.get_credentials() is None:
            raise told(Failure("no credentials", ""), "")
    if connection.role_arn is None:
        return Clients(session, connection.endpoint_url)
    with _told():
        sts = session.create_client("sts", region_name=region, endpoint_url=connection.endpoint_url)
        try:
            answer = sts.assume_role(RoleArn=connection.role_arn, RoleSessionName="smsl")["Credentials"]
        except Exception as error:  # noqa: BLE001 -- told in one sentence below
            failure = failure_of(error)
            raise SmslError(
                f"The role could not be assumed ({failure.code}).",
                "Check --role-arn and that its trust policy names you.",
            ) from None
    assumed = botocore.session.Session()
    assumed.set_credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
    return Clients(assumed, connection.endpoint_url)


def region_of(connection: Connection) -> str | None:
    """Return the region that the environment or the profile names."""
    named = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if named and connection.profile is None:
        return named
    import botocore.session

    quiet_botocore()
    with _told():
        region: str | None = botocore.session.Session(profile=connection.profile).get_config_variable("region")
    return region or named
