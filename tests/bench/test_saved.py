"""Results on the disk: whole or not there, their owner's alone, and refused in a sentence that quotes nothing."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.names import Phase
from smsl.bench.report import document
from smsl.bench.saved import Saved, Times, load, save, writable
from smsl.model.errors import InputError, SmslError

NONE = "mine.json is no result of smsl bench."
OTHER = "mine.json is a result of smsl bench with members missing, or of another form."
SECRET = "hunter2"


@pytest.fixture(scope="session")
def written(built: Any) -> dict[str, Any]:
    from smsl.bench.names import Strategy

    cold, warm = [400.0 + each for each in range(5)], [15.0, 15.25, 14.75]
    series = [built.series(each, cold, warm) for each in (Strategy.SDK, Strategy.CACHE)]
    found: dict[str, Any] = json.loads(document.render(built.result(*series)))
    return found


def a_copy(written: dict[str, Any]) -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps(written))
    return copied


def test_what_is_saved_is_read(tmp_path: Path, written: dict[str, Any]) -> None:
    save(tmp_path / "mine.json", json.dumps(written))

    assert load(tmp_path / "mine.json") == Saved(
        "0a1b2c3d",
        "lab",
        tuple(
            Times(strategy, "python3.13", phase, times)
            for strategy in ("sdk", "cache")
            for phase, times in ((Phase.COLD, (400.0, 401.0, 402.0, 403.0, 404.0)), (Phase.WARM, (15.0, 15.25, 14.75)))
        ),
        {("sdk", "python3.13"): (1.0, 100.0), ("cache", "python3.13"): (1.0, 0.0)},
        {
            "interrupted": False, "secrets": 1, "ttl": 300, "memory_mb": 256, "placement": "handler",
            "architecture": "x86_64", "at_once": 1, "warmup": 1, "service_latency": "20ms..100ms (assumed)",
            "throttled": 0.0, "failing": 0.0, "extension": "emulated", "region": "eu-west-1",
            "machine": "2 processors, Linux x86_64",
            "runtimes": {"python3.13": "Python 3.13.1, awslambdaric 4.2.2"},
        },
    )  # fmt: skip


@pytest.mark.parametrize("value", [None, [], {}, {"hunter2": 1}, -1, 10**400, float("nan"), {"python3.13": 7}])
def test_a_condition_of_another_form_is_left_out(tmp_path: Path, written: dict[str, Any], value: object) -> None:
    for name in load_conditions(tmp_path, written):
        changed = a_copy(written)
        changed["conditions"][name] = value
        found = load_conditions(tmp_path, changed)

        assert found.get(name, {}) == {}
        assert len(found) >= len(load_conditions(tmp_path, written)) - 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("interrupted", 1), ("secrets", "3"), ("secrets", True), ("ttl", "300"), ("placement", 1), ("machine", True)],
)
def test_a_condition_of_another_type_is_left_out(
    tmp_path: Path, written: dict[str, Any], name: str, value: object
) -> None:
    changed = a_copy(written)
    changed["conditions"][name] = value

    assert name not in load_conditions(tmp_path, changed)


@pytest.mark.parametrize("value", [None, [], "hunter2", 7, {}])
def test_conditions_that_are_none_are_left_out(tmp_path: Path, written: dict[str, Any], value: object) -> None:
    assert load_conditions(tmp_path, {**written, "conditions": value}) == {}
    assert load_conditions(tmp_path, {name: each for name, each in written.items() if name != "conditions"}) == {}


def load_conditions(tmp_path: Path, document: dict[str, Any]) -> dict[str, Any]:
    save(tmp_path / "mine.json", json.dumps(document))
    return dict(load(tmp_path / "mine.json").conditions)


def test_calls_that_are_not_known_are_none(tmp_path: Path, written: dict[str, Any]) -> None:
    changed = a_copy(written)
    changed["results"][0]["api_calls"] = {"unknown": "nobody counted", "needs": []}
    changed["results"][1]["api_calls"]["per_cold_start"] = None
    save(tmp_path / "mine.json", json.dumps(changed))

    assert load(tmp_path / "mine.json").calls == {
        ("sdk", "python3.13"): (None, None), ("cache", "python3.13"): (None, 0.0)
    }  # fmt: skip


# Saving.


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        save(tmp_path / "state" / "mine.json", "{}")
        (tmp_path / "open.json").touch(0o644)
        save(tmp_path / "open.json", "{}")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state" / "mine.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "open.json").stat().st_mode) == 0o600, "also where there was another"


def test_a_reader_sees_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    texts = {letter * 200_000 for letter in "ab"}
    save(path, "a" * 200_000)
    over = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not over.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(100):
        save(path, "ab"[number % 2] * 200_000)
    over.set()
    reader.join()

    assert seen <= texts
    assert list(tmp_path.iterdir()) == [path]


FULL = """
import resource, signal, sys
from pathlib import Path
from smsl.bench.saved import save
from smsl.model.errors import SmslError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    save(Path(sys.argv[1]), "x" * 1000)
except SmslError as error:
    print(error)
"""


def test_a_full_disk_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("old")

    done = subprocess.run([sys.executable, "-c", FULL, str(path)], check=False, capture_output=True, text=True)

    assert done.stdout == "The result cannot be saved (OSError). Give another --output, or make room.\n", done.stderr
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("place", ["file/mine.json", "directory"])
def test_where_nothing_can_be_saved_is_found_out_before(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "directory").mkdir()

    with pytest.raises(SmslError, match=r"^The result cannot be saved"):
        writable(tmp_path / place)
    with pytest.raises(SmslError, match=r"^The result cannot be saved"):
        save(tmp_path / place, "{}")


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(SmslError, match=r"^The result cannot be saved there\. Give another --output, a file\.$"):
        writable(Path(os.devnull))


def test_a_place_that_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "old.json").touch()

    writable(tmp_path / "old.json")
    writable(tmp_path / "new" / "mine.json")
    assert list((tmp_path / "new").iterdir()) == [], "nothing is written yet"


# Refusing.


def refused(tmp_path: Path, content: bytes) -> InputError:
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        load(path)
    assert SECRET not in str(raised.value)
    assert "\n" not in str(raised.value)
    return raised.value


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "mine.json is not JSON."),
        (b"hunter2", "mine.json is not JSON."),
        (b"\xff\xfe", "mine.json is not JSON."),
        (b"[" * 100_000, "mine.json is not JSON."),
        (b'{"schema":' * 20_000, "mine.json is not JSON."),
        (b"1" * 5000, "mine.json is not JSON."),
        (b"null", NONE),
        (b"[]", NONE),
        (b'"smsl.bench/1"', NONE),
        (b"{}", NONE),
        (b'{"schema": "smsl.report/1", "hunter2": 1}', NONE),
        (b'{"schema": ["smsl.bench/1"]}', NONE),
        (b'{"schema": "smsl.bench/2", "results": []}', NONE),
        (b'{"schema": "smsl.bench/1"}', OTHER),
        (b'{"schema": "smsl.bench/1", "results": {"hunter2": 1}}', OTHER),
        (b'{"schema": "smsl.bench/1", "results": ["hunter2"], "run": "1", "target": "lab"}', OTHER),
        (b'{"schema": "smsl.bench/1", "results": [], "run": ["hunter2"], "target": "lab"}', OTHER),
        (b'{"schema": "smsl.bench/1", "results": [], "run": "1"}', OTHER),
    ],
)
def test_what_is_no_result_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    assert refused(tmp_path, content).message == message


def test_the_next_step_says_how_to_get_one(tmp_path: Path) -> None:
    assert refused(tmp_path, b"{}").next_step == "Save one with: smsl bench --output FILE"


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^mine\.json cannot be read \(FileNotFoundError\)\.$"):
        load(tmp_path / "mine.json")
    with pytest.raises(InputError, match=r"cannot be read \(IsADirectoryError\)\.$"):
        load(tmp_path)


def _set(*names: str | int, value: object) -> Callable[[Any], None]:
    def change(found: Any) -> None:
        for name in names[:-1]:
            found = found[name]
        found[names[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("results", 0, "strategy", value=7),
        _set("results", 0, "runtime", value=None),
        _set("results", 0, "samples", value=[1.0]),
        _set("results", 0, "samples", "cold", value="hunter2"),
        _set("results", 0, "samples", "cold", value={"hunter2": 1}),
        _set("results", 0, "samples", "warm", 0, value="15"),
        _set("results", 0, "samples", "warm", 0, value=True),
        _set("results", 0, "samples", "warm", 0, value=None),
        _set("results", 0, "samples", "warm", 0, value=float("nan")),
        _set("results", 0, "samples", "warm", 0, value=float("inf")),
        _set("results", 0, "samples", "warm", 0, value=-1),
        _set("results", 0, "samples", "warm", 0, value=10**400),
        _set("results", 0, "api_calls", value=None),
        _set("results", 0, "api_calls", "per_cold_start", value="1"),
        _set("results", 0, "api_calls", "per_100_warm", value=10**400),
        _set("run", value={"hunter2": 1}),
        _set("target", value=None),
    ],
)
def test_wrong_types_are_refused(tmp_path: Path, written: dict[str, Any], change: Callable[[Any], None]) -> None:
    changed = a_copy(written)
    change(changed)

    assert refused(tmp_path, json.dumps(changed).encode()).message == OTHER


def test_any_part_of_a_result_is_refused(tmp_path: Path, written: dict[str, Any]) -> None:
    text = json.dumps(written).encode()
    for cut in range(0, len(text), 97):
        assert refused(tmp_path, text[:cut]).message == "mine.json is not JSON."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_any_document_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, written: dict[str, Any], data: st.DataObject
) -> None:
    changed = a_copy(written)
    place: Any = changed
    for _ in range(data.draw(st.integers(1, 5))):
        name = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[name], (dict, list)) or not place[name]:
            break
        inner = place[name]
        if data.draw(st.booleans()):
            break
        place = inner
    name = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
    place[name] = data.draw(JSON)
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(changed))

    try:
        found = load(path)
    except InputError:
        return
    assert all(0 <= each < 1e12 for times in found.times for each in times.milliseconds)
