"""Secrets in what packs, escapes and surrounds them: found, with the place; and nothing found where nothing is."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest

from smsl.leaks.classify import classify, flagged
from smsl.leaks.formats import example

SECRET = example("{w20}")
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "base64": bytes, "gzip": gzip.compress, "zlib": zlib.compress, "base64-twice": base64.b64encode,
}  # fmt: skip


def place_of(value: str, name: str = "CONFIG") -> tuple[str, str | None] | None:
    leak = flagged(classify({name: value})[0])
    return (leak.kind, leak.place) if leak else None


@pytest.mark.parametrize(
    ("packer", "place"),
    [
        ("base64", "base64, JSON member"),
        ("gzip", "packed, JSON member"),
        ("zlib", "packed, JSON member"),
        ("base64-twice", "base64, base64, JSON member"),
    ],
)
def test_packed(packer: str, place: str) -> None:
    def packed(document: object) -> str:
        return base64.b64encode(PACKERS[packer](json.dumps(document).encode())).decode()

    rest = {"level": "info", "regions": ["eu-west-1", "us-east-1"], "retries": list(range(9))}
    assert place_of(packed({**rest, "db": {"password": SECRET}})) == ("password", place)
    assert place_of(packed(rest)) is None


def test_what_unpacks_to_much_or_to_no_text_is_none() -> None:
    for data in (gzip.compress(b"0" * (1 << 22)), zlib.compress(bytes(range(256)) * 9), gzip.compress(b"x")[:12]):
        assert place_of(base64.b64encode(data).decode()) is None


def test_escaped_json() -> None:
    assert place_of(quote(json.dumps({"password": SECRET}))) == ("password", "JSON member")


def test_token_in_base64_by_itself() -> None:
    assert place_of(base64.b64encode(example("ghp_{w36}").encode()).decode()) == ("github-token", "base64")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (f"db.example.com:5432:shop:app:{SECRET}", "url-password"),
        (f'{{:user=>"app", :password=>"{SECRET}"}}', "password"),
        (f"<RSAKeyValue><Modulus>{example('{b88}')}</Modulus><D>{example('{b86}')}</D></RSAKeyValue>", "private-key"),
        (str(list(range(100, 164))), "wallet-key"),
        ("orbit pledge cargo thunder velvet march quiz paddle lemon ridge atom sunset", "mnemonic"),
        (f"https://calendar.google.com/calendar/ical/a/private-{example('{h32}')}/basic.ics", "calendar-feed"),
    ],
)
def test_surrounded(value: str, kind: str) -> None:
    found = place_of(value)
    assert found is not None
    assert found[0] == kind


def test_certificate_is_none_and_its_key_behind_it_is() -> None:
    certificate = f"-----BEGIN CERTIFICATE-----\n{example('{b400}')}\n-----END CERTIFICATE-----\n"
    key = f"-----BEGIN PRIVATE KEY-----\n{example('{b399}')}\n-----END PRIVATE KEY-----\n"
    assert place_of(certificate) is None
    assert place_of(certificate + key) == ("private-key", None)


@pytest.mark.parametrize(
    "value",
    [
        "the orders that were placed and not yet been paid for with them",
        str(list(range(100, 163))),
        "<RSAKeyValue><Modulus>abc</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
        "db.example.com:5432:shop:app:",
        "At 10:11:12 the user said: yes: no",
    ],
)
def test_what_only_resembles_them(value: str) -> None:
    assert place_of(value) is None
