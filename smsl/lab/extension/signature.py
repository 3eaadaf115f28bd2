"""Signature Version 4 for a POST of JSON, over exactly the headers that are sent.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

_ALGORITHM = "AWS4-HMAC-SHA256"


class Signer:
    """The credentials and scope that requests to one service are signed with."""

    __slots__ = ("_key", "_key_id", "_region", "_service")

    def __init__(self, key_id: str, key: str, region: str, service: str) -> None:
        self._key_id = key_id
        self._key = key
        self._region = region
        self._service = service

    def authorization(self, path: str, headers: Mapping[str, str], body: bytes, moment: str) -> str:
        """Return the Authorization header of a POST.

        Args:
            path: Path of the URL, encoded, without a query.
            headers: Name in lower case to value; every one is signed, so they include host and x-amz-date.
            body: What is sent.
            moment: Time of the request, as in x-amz-date.
        """
        names = sorted(headers)
        signed = ";".join(names)
        lines = [f"{name}:{' '.join(headers[name].split())}" for name in names]
        canonical = "\n".join(["POST", path, "", *lines, "", signed, hashlib.sha256(body).hexdigest()])
        scope = f"{moment[:8]}/{self._region}/{self._service}/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signature = _hmac(self._signing_key(moment[:8]), f"{_ALGORITHM}\n{moment}\n{scope}\n{digest}").hex()
        return f"{_ALGORITHM} Credential={self._key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"

    def _signing_key(self, day: str) -> bytes:
        key = f"AWS4{self._key}".encode()
        for part in (day, self._region, self._service, "aws4_request"):
            key = _hmac(key, part)
        return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
