"""What always holds: no text of a value in what is returned, an answer for any text, work in step with length."""

from __future__ import annotations

import base64
import json
import string
import sys
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.leaks.classify import classify
from smsl.leaks.formats import example

NAMES = (
    "DB_PASSWORD", "API_KEY", "ACME_KEY", "AUTH", "NOTE", "CONFIG", "DATABASE_URL", "API_KEYS", "HASHIDS_SALT", "X_URL",
    "SECRETS_MANAGER_TTL", "AWS_ENDPOINT_URL", "HTTPS_PROXY", "NO_PROXY", "OTHER_REGION", "MNEMONIC", "PUBLIC_KEY",
)  # fmt: skip
POSITIONS = (
    "{}", "postgres://app:{}@db:5432/app", "https://{}@git.example.com/x", "https://hooks.slack.com/services/T1/B1/{}",
    "https://x.example.com/?token={}", "jdbc:oracle:thin:app/{}@db:1521:X", "Server=db;User ID=sa;Password={}",
    "host=db password={} user=app", "app:{}@tcp(db:3306)/x", '{{"password": "{}"}}', '{{"a": {{"token": "{}"}}}}',
    '["{}"]',
    "password: {}\nuser: app\n", "[default]\naws_secret_access_key = {}", "-Ddb.password={}", "--token {}", "Bearer {}",
    "Authorization: Basic {}", "<password>{}</password>",
    "a,{},b", "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
    "{{{{resolve:secretsmanager:{}}}}}", "//registry.npmjs.org/:_authToken={}", "machine h login u password {}",
    '{{"{}": "x"}}', "{}=1;password=x9x9x9x9", "<{}>a</{}>",
)  # fmt: skip
CODINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    lambda text: quote(text, safe=""),
    lambda text: json.dumps(text)[1:-1],
    lambda text: text.encode().hex(),
)
DRAWN = st.text(string.ascii_letters + string.digits + "!%^&*_-+/=.~", min_size=12, max_size=60).filter(
    lambda text: sum(sign.isalnum() for sign in text) >= 10 and len(set(text)) > 7
)


@settings(deadline=None, max_examples=300)
@given(secret=DRAWN, name=st.sampled_from(NAMES), position=st.sampled_from(POSITIONS), wrapped=st.booleans())
def test_nothing_of_a_value_is_in_what_is_returned(secret: str, name: str, position: str, wrapped: bool) -> None:
    value = position.replace("{{", "\0").replace("}}", "\1").replace("{}", secret).replace("\0", "{").replace("\1", "}")
    value = base64.b64encode(value.encode()).decode() if wrapped else value
    shown = repr(classify({name: value}))
    assert value not in shown or len(value) < 4
    for coding in CODINGS:
        assert coding(secret) not in shown
    for start in range(len(secret) - 9):
        assert secret[start : start + 10] not in shown


@settings(deadline=None, max_examples=200)
@given(
    secret=DRAWN, ending=st.sampled_from(("SECRET_NAME", "SECRET_ID", "SECRET_PATH", "SECRET_ARN", "PARAMETER_NAME"))
)
def test_declared_name_that_looks_like_a_credential_is_not_kept(secret: str, ending: str) -> None:
    token = secret.replace("/", "x").replace("-", "y") + example("{w20}")
    assert token not in repr(classify({f"APP_{ending}": token}))


@settings(deadline=None, max_examples=200)
@given(
    st.dictionaries(st.text(max_size=30), st.text(max_size=300), max_size=8),
    st.frozensets(st.text(max_size=9), max_size=3),
)
def test_any_text_is_classified(variables: dict[str, str], known: frozenset[str]) -> None:
    found = classify(variables, known)
    assert [(each.name, each.length) for each in found] == [(name, len(value)) for name, value in variables.items()]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(POSITIONS), st.lists(st.sampled_from("{}[]\"':=;,&@/?#%$<>-\\ \nAa1._|"), max_size=80))
def test_any_signs_in_any_position_are_classified(position: str, signs: list[str]) -> None:
    text = position.replace("{}", "".join(signs))
    assert len(classify({"DB_PASSWORD": text, "CONFIG": text, "X_URL": text})) == 3


HOSTILE = (
    "a", "aA1", "{", "[", '{"a":', '"', "'", "=", ":", ";", "a=b;", "a=b ", "://", "a://", "a@b:", "%41", "-----BEGIN ",
    "ghp_", "eyJ", "${", "{{", "<a>", "<a>b</a>", "--a ", "password ", "AKIA", "a-", "A_", "a.", "/", "a/", "\\",
    "=A=", "aa==",
    "https://a:b@", "?a=b&", "\n", "\ta:\n", "Bearer ", "0", "xX", "sk_live_", "{a}", "a,b://", "A1b2", "\u00e9",
    "hvs.", "{w20}.",
)  # fmt: skip


@pytest.mark.every(5)
@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("name", ["DB_PASSWORD", "DATABASE_URL", "SECRET_NAME", "API_KEYS"])
def test_work_grows_with_length_alone(piece: str, name: str) -> None:
    small, large = (_calls({name: (piece * size)[:size]}) for size in (4096, 16384))
    assert large <= 5 * small + 4000


@settings(deadline=None, max_examples=40)
@given(
    before=st.sampled_from(["", "postgres://", "{", "https://a:b@h/?", "-----BEGIN PRIVATE KEY-----", "Bearer ", "a="]),
    piece=st.text(st.sampled_from("aA1{}[]\"':=;,&@/?#%$<>-\\ \n._|!"), min_size=1, max_size=12),
    name=st.sampled_from(["DB_PASSWORD", "DATABASE_URL", "API_KEYS", "NOTE"]),
)
def test_work_on_any_repeated_pattern_grows_with_length_alone(before: str, piece: str, name: str) -> None:
    small, large = (_calls({name: (before + piece * size)[:size]}) for size in (2048, 8192))
    assert large <= 5 * small + 4000


def _calls(variables: dict[str, str]) -> int:
    """Count the lines that classifying runs: a measure of work that no other process disturbs."""
    count = 0

    def trace(*_: object) -> object:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        classify(variables)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.every(6)
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_megabyte_is_classified(piece: str) -> None:
    text = (piece * (1 << 20))[: 1 << 20]
    assert len(classify({"API_KEY": text, "DATABASE_URL": text})) == 2
