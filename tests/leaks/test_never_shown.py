"""No part of a value in what is returned, printed, raised or logged, from any position that the parsers know.

The parts are drawn from an alphabet that occurs nowhere else: from signs beyond ASCII, drawn anew for each example, of
which not one may be shown; and, since half of the parsers take ASCII only, from letters and digits, of which no ten in
a row may be.
"""

from __future__ import annotations

import base64
import gzip
import json
import logging
import random
import re
import string
import subprocess
import sys
import traceback
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.leaks.classify import classify

POSITIONS: list[dict[str, str]] = json.loads((Path(__file__).parent / "positions.json").read_text())
EACH = pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position["where"].replace(" ", "-"))
NAMES = (
    "DB_PASSWORD", "API_KEY", "ACME_KEY", "AUTH", "CONFIG", "DATABASE_URL", "API_KEYS", "HASHIDS_SALT", "MNEMONIC",
    "SECRETS_MANAGER_TTL", "AWS_ENDPOINT_URL", "HTTPS_PROXY", "OTHER_REGION", "PUBLIC_KEY", "APP_SECRET_NAME",
)  # fmt: skip
_CODED = re.compile(r"<(b64|gzip|zlib)>(.*?)</\1>", re.DOTALL)
_PACKERS: dict[str, Callable[[bytes], bytes]] = {"b64": bytes, "gzip": gzip.compress, "zlib": zlib.compress}
UNFAMILIAR = st.sets(
    st.characters(min_codepoint=0x250, max_codepoint=0x2FFF, categories=("Lu", "Ll", "Lo")), min_size=4, max_size=12
).flatmap(lambda alphabet: st.text(sorted(alphabet), min_size=6, max_size=40))
FAMILIAR = st.text(string.ascii_letters + string.digits, min_size=24, max_size=60).filter(
    lambda text: len(set(text)) > 9
)


def placed(position: str, part: str) -> str:
    """Return the value with a part in its places, coded where the position says so."""
    return _CODED.sub(
        lambda coded: base64.b64encode(_PACKERS[coded[1]](coded[2].encode())).decode(), position.replace("{}", part)
    )


class Listening(logging.Handler):
    """Everything that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.getMessage()} {record.args} {record.exc_info}")


def shown(name: str, value: str) -> str:
    """Return all that classifying a variable shows: returned, logged, warned of, raised."""
    listening, root = Listening(), logging.getLogger()
    level = root.level
    root.addHandler(listening)
    root.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                found = classify({name: value}, frozenset({"prod/listed"}))
                returned = f"{found!r} {found} {[f'{each} {each.holds}' for each in found]}"
            except Exception:  # noqa: BLE001  -- whatever is raised, its text is what this is about
                returned = traceback.format_exc()
        return "\n".join([returned, *listening.said, *(str(each.message) for each in warned)])
    finally:
        root.setLevel(level)
        root.removeHandler(listening)


def codings(part: str) -> Iterator[str]:
    """Yield a part plain, URL-encoded, JSON-escaped, in hexadecimal, and in base64 wherever it may begin."""
    yield part
    yield quote(part, safe="")
    yield json.dumps(part)[1:-1]
    yield part.encode().hex()
    for before in range(3):
        for coded in (base64.b64encode, base64.urlsafe_b64encode):
            yield coded(b"." * before + part.encode()).decode()[4:].rstrip("=")[:-2]


def traces(part: str) -> Iterator[str]:
    """Yield what may not be shown of a part: its codings, each sign beyond ASCII, any ten signs in a row."""
    yield from codings(part)
    for sign in set(part) - set(string.printable):
        yield from (sign, json.dumps(sign)[1:-1], quote(sign))
    for start in range(len(part) - 9):
        yield part[start : start + 10]


@pytest.mark.every(3)
@EACH
@settings(deadline=None, max_examples=12)
@given(part=st.one_of(UNFAMILIAR, FAMILIAR), name=st.sampled_from(NAMES), wrapped=st.booleans())
def test_no_part_is_shown(position: dict[str, str], part: str, name: str, wrapped: bool) -> None:
    value = placed(position["value"], part)
    said = shown(name, base64.b64encode(value.encode()).decode() if wrapped else value)
    assert said.count("EnvironmentVariable") >= 1  # it was classified, and raised nothing
    for trace in traces(part):
        assert trace not in said


@pytest.mark.parametrize("manner", ["rows", "objects", "env", "broken"])
@pytest.mark.parametrize("alphabet", ["жщъыэюѣѳѵҍҝӂ", string.ascii_letters + string.digits])
def test_no_part_is_printed(manner: str, alphabet: str) -> None:
    part = "".join(random.Random(alphabet).choices(alphabet, k=32))  # noqa: S311  -- nobody's secret
    values = [(name, placed(position["value"], part)) for position in POSITIONS for name in ("DB_PASSWORD", "CONFIG")]
    lines = {
        "rows": [json.dumps({"name": name, "value": value}) for name, value in values],
        "objects": [json.dumps({name: value}, ensure_ascii=False) for name, value in values],
        "env": [f"{name}='{value}'" for name, value in values],
        "broken": ["{}", *(json.dumps({"name": name, "value": value})[:-2] for name, value in values), part],
    }[manner]
    done = subprocess.run(
        [sys.executable, "-m", "smsl.cli", "scan-env"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 3)
    assert len(done.stdout.splitlines()) >= len(POSITIONS)
    for trace in traces(part):
        assert trace not in done.stdout
        assert trace not in done.stderr
