"""Signature Version 4, against botocore's own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from smsl.lab.extension.signature import Signer

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


def botocores(url: str, headers: dict[str, str], body: bytes, region: str, service: str) -> str:
    """Sign as botocore does, at the moment that the headers name."""
    auth = SigV4Auth(Credentials(KEY_ID, KEY), service, region)
    request = AWSRequest("POST", url, headers=headers, data=body)
    request.context["timestamp"] = headers["x-amz-date"]
    signed = auth.string_to_sign(request, auth.canonical_request(request))
    names = auth.signed_headers(auth.headers_to_sign(request))
    signature = auth.signature(signed, request)
    return f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, SignedHeaders={names}, Signature={signature}"


@pytest.mark.parametrize("path", ["/", "/prefix/of/a~proxy-1.0"])
@pytest.mark.parametrize("body", [b"", b"{}", json.dumps({"SecretId": "é" * 100}).encode()])
def test_it_signs_as_botocore_does(path: str, body: bytes) -> None:
    moment = "20240229T235959Z"
    headers = {
        "host": "127.0.0.1:4566",
        "content-length": str(len(body)),
        "content-type": "application/x-amz-json-1.1",
        "x-amz-date": moment,
        "x-amz-security-token": "a  token   with spaces",
        "x-amz-target": "AmazonSSM.GetParameter",
    }
    mine = Signer(KEY_ID, KEY, "eu-west-1", "ssm").authorization(path, headers, body, moment)

    assert botocores(f"http://127.0.0.1:4566{path}", headers, body, "eu-west-1", "ssm") == mine


@given(
    st.dictionaries(st.text("abcdefghij-", min_size=2, max_size=9).map("x-{}".format), st.text(PRINTABLE, max_size=20)),
    st.binary(max_size=200),
    st.sampled_from(["eu-west-1", "us-gov-east-1", "cn-north-1"]),
    st.datetimes().map(lambda moment: moment.strftime("%Y%m%dT%H%M%SZ").rjust(16, "0")),
)
def test_it_signs_any_headers_and_body(headers: dict[str, str], body: bytes, region: str, moment: str) -> None:
    headers = {"host": "h", **headers, "x-amz-date": moment}
    mine = Signer(KEY_ID, KEY, region, "secretsmanager").authorization("/", headers, body, moment)

    assert botocores("http://h/", headers, body, region, "secretsmanager") == mine


def test_what_the_process_sends_is_signed_and_says_what_is_called(stand: Any, tools: Any) -> None:
    stand.aws.reply = tools.holding({"one": "1"})
    extension = stand.start()
    assert extension.secret("one") == "1"
    assert extension.parameter("one") == "1"
    targets = []
    for service, (method, path, received, body) in zip(("secretsmanager", "ssm"), stand.aws.requests, strict=True):
        headers = dict(received)
        signature = headers.pop("authorization")
        targets.append(headers["x-amz-target"])

        assert (method, path) == ("POST", "/")
        assert headers["host"] == stand.aws.url.removeprefix("http://")
        assert headers["content-type"] == "application/x-amz-json-1.1"
        assert headers["x-amz-security-token"] == tools.TOKEN
        assert botocores(stand.aws.url, headers, body, "eu-west-1", service) == signature
    assert targets == ["secretsmanager.GetSecretValue", "AmazonSSM.GetParameter"]
