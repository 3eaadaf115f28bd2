"""Leaks that hold one secret find each other; nothing else is compared, and nothing of a value is kept."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.leaks.classify import classify
from smsl.leaks.formats import example
from smsl.leaks.same import Seen, note, together

PASSWORD = example("{w20}")
Groups = Mapping[str, Mapping[str, str]]


def shared(groups: Groups) -> dict[str, set[str]]:
    """Return what each leak shares a secret with, as ``group/NAME``."""
    seen: Seen[str] = Seen()
    for group, values in groups.items():
        note(seen, group, classify(values), values)
    return {
        "/".join(spot): {"/".join(each) for each in sharing if each != spot}
        for spots, sharing in together(seen)
        for spot in spots
    }


HOLDERS: dict[str, Callable[[str], dict[str, str]]] = {
    "whole": lambda text: {"PGPASSWORD": text},
    "quoted": lambda text: {"PGPASSWORD": f' "{text}"\n'},
    "url": lambda text: {"DATABASE_URL": f"postgres://app:{text}@db.internal/app"},
    "query": lambda text: {"DATABASE_URL": f"postgres://db.internal/app?user=app&password={text}"},
    "json": lambda text: {"CONFIG": json.dumps({"db": {"host": "db.internal", "password": text}})},
    "url in json": lambda text: {"CONFIG": json.dumps({"url": f"mysql://app:{text}@db.internal/app"})},
    "base64": lambda text: {"CONFIG": base64.b64encode(json.dumps({"password": text}).encode()).decode()},
    "packed": lambda text: {
        "CONFIG": base64.b64encode(gzip.compress(json.dumps({"password": text}).encode())).decode()
    },
    "escaped": lambda text: {"CONFIG": quote(json.dumps({"password": text}), safe="")},
    "ado.net": lambda text: {"CONNECTION": f"Server=db.internal;User Id=app;Password={text};"},
    "option": lambda text: {"JAVA_OPTS": f"-Xmx512m -Ddb.password={text}"},
    "go": lambda text: {"DSN": f"app:{text}@tcp(db.internal:3306)/app"},
    "header": lambda text: {"AUTH_HEADER": f"Bearer {text}"},
}


@pytest.mark.parametrize("form", HOLDERS)
def test_a_secret_inside_is_the_same_as_one_by_itself(form: str) -> None:
    [name] = HOLDERS[form](PASSWORD)

    found = shared({"f": HOLDERS[form](PASSWORD), "g": {"DB_PASSWORD": PASSWORD}, "h": {"DB_PASSWORD": PASSWORD[1:]}})

    assert found == {f"f/{name}": {"g/DB_PASSWORD"}, "g/DB_PASSWORD": {f"f/{name}"}}


def test_what_shares_with_two_joins_them_only_to_itself() -> None:
    other = example("{w21}")
    both = json.dumps({"password": PASSWORD, "token": other})

    found = shared({"f": {"CONFIG": both}, "g": {"DB_PASSWORD": PASSWORD}, "h": {"API_TOKEN": other}})

    assert {name: len(others) for name, others in found.items()} == {
        "f/CONFIG": 2,
        "g/DB_PASSWORD": 1,
        "h/API_TOKEN": 1,
    }


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        ({"f": {"DB_PASSWORD": PASSWORD}, "g": {"NOTE": PASSWORD}}, "the other is no leak"),
        ({"f": {"DB_PASSWORD": PASSWORD}, "g": {"GIT_COMMIT": PASSWORD}}, "nor one by any other name"),
        ({"f": {"DB_PASSWORD": "x9$Kq2!"}, "g": {"DB_PASSWORD": "x9$Kq2!"}}, "seven signs"),
        ({"f": {"DB_PASSWORD": "password"}, "g": {"DB_PASSWORD": "password"}}, "everybody writes it"),
        (
            {"f": {"DB_URL": "postgres://app:x9$Kq2!@a/b"}, "g": {"DB_URL": "postgres://app:x9$Kq2!@c/d"}},
            "short inside",
        ),
        ({"f": {"LOG_LEVEL": "information"}, "g": {"LOG_LEVEL": "information"}}, "settings"),
        ({"f": {"DB_PASSWORD": PASSWORD}, "g": {}}, "alone"),
        ({}, "nothing"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_nothing_else_is_compared(groups: Groups, why: str) -> None:
    assert shared(groups) == {}, why


def test_nothing_of_a_value_is_shown_and_every_run_has_its_own_key() -> None:
    first: Seen[str] = Seen()
    second: Seen[str] = Seen()
    for seen in (first, second):
        note(seen, "f", classify({"DB_PASSWORD": PASSWORD}), {"DB_PASSWORD": PASSWORD})

    assert repr(first) == "Seen()"
    assert first.digests.keys() == second.digests.keys()
    assert first.digests != second.digests


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("fgh"),
        st.dictionaries(st.sampled_from(["DB_PASSWORD", "API_KEY", "DATABASE_URL", "CONFIG", "NOTE"]), st.text()),
    )
)
def test_any_text_is_compared_and_sharing_goes_both_ways(groups: Groups) -> None:
    found = shared(groups)

    assert all(name in found[other] for name, others in found.items() for other in others)
