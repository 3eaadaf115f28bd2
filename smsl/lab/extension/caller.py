"""Who the extension is to AWS, and where it finds the services: the environment that Lambda gives it.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

from __future__ import annotations


class Caller:
    """Credentials and region."""

    __slots__ = ("key", "key_id", "region", "token")

    def __init__(self, environment: dict[str, str]) -> None:
        self.key_id = environment.get("AWS_ACCESS_KEY_ID", "")
        self.key = environment.get("AWS_SECRET_ACCESS_KEY", "")
        self.token = environment.get("AWS_SESSION_TOKEN", "")
        """Also what the function must show to the extension."""
        self.region = environment.get("AWS_REGION", "")


class Endpoint:
    """Where a service listens."""

    __slots__ = ("host", "path", "port", "secure", "url")

    def __init__(self, url: str) -> None:
        """Take a URL apart.

        Raises:
            ValueError: It is none of http or https.
        """
        scheme, _, rest = url.partition("://")
        if scheme not in {"http", "https"}:
            raise ValueError("an endpoint must be a URL of http or https")
        self.secure = scheme == "https"
        authority, _, path = rest.partition("/")
        host, _, port = authority.partition(":")
        self.host = host
        self.port = int(port) if port else 443 if self.secure else 80
        self.path = f"/{path}"
        self.url = f"{scheme}://{authority}{self.path}"

    @property
    def authority(self) -> str:
        """The host header: a port that is the scheme's own is left out."""
        usual = 443 if self.secure else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def endpoint(environment: dict[str, str], variable: str, service: str) -> Endpoint:
    """Return where a service is: its own variable's word, then that for all services, then AWS's address.

    Args:
        environment: The process's.
        variable: The end of the service's own variable: `SECRETS_MANAGER`.
        service: The start of the host name: `secretsmanager`.

    Raises:
        ValueError: What the environment says is not a URL.
    """
    said = environment.get(f"AWS_ENDPOINT_URL_{variable}") or environment.get("AWS_ENDPOINT_URL")
    return Endpoint(said or f"https://{service}.{environment.get('AWS_REGION', '')}.amazonaws.com")
