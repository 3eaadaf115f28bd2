"""Networks built in the lab, call by call: an audit of them says what ``smsl reach`` says of the same networks' cases.

The cases are written by hand, independent of the lab: those of the solver's own tests, the further ones beside, and
those of the sample account, whose networks the sample builds itself.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from smsl.audit import audit
from smsl.cli.reach import judge
from smsl.lab.account import Lab
from smsl.model.evidence import Access
from smsl.model.reach import LAYER_OF_CODE, Reach
from smsl.sources.aws.capture import capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.request import Request, parse_target

HERE = Path(__file__).parent
OWN = HERE / "networks"
SOLVER = HERE.parent / "net"


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


edits = loaded(SOLVER / "edits.py")
builder = loaded(HERE / "network_builder.py")

NOT_BUILT: dict[str, str] = json.loads((OWN / "not_built.json").read_text())
SAMPLE: list[dict[str, Any]] = json.loads((OWN / "sample_cases.json").read_text())
NEW: list[dict[str, Any]] = json.loads((OWN / "new_cases.json").read_text())
EDITED: list[dict[str, Any]] = [
    row for row in json.loads((SOLVER / "edited_cases.json").read_text()) if row["id"] not in NOT_BUILT
]
NORMAL = (
    "peering-carries-no-nat", "transit-egress-blackhole", "transit-no-hosted-zone", "egress-only",
    "dual-stack-endpoint",
)  # fmt: skip
"""The rows of the normal run; the verification run has all."""
BECAUSE_OF_POLICY = {"endpoint-policy"}
"""Reachable, and blocked by what the endpoint's policy says."""
DEAD_ROUTE = {"nat-igw-detached"}
"""A live table calls the route to a detached gateway a black hole, the case calls it active: one hop more."""
PATIENT = 60.0
"""Seconds for an audit, on a busy machine."""
VERDICTS = {"reachable": "readable", "partial": "intermittent", "unreachable": "blocked", "unknown": "unknown"}


def access_of(function: str) -> Access:
    """Audit a function as the command does, and return what it found of its one secret."""
    report = audit(
        convert(capture(Request((parse_target(function),), False, ("eu-west-1",)), Connection(deadline=PATIENT)))
    )
    assert report.gaps == ()
    (access,) = report.subjects[0].accesses
    return access


def said(reach: Reach) -> dict[str, Any]:
    return {
        "verdict": reach.verdict.value,
        "path": reach.path.value,
        "blockers": sorted({each.code for each in reach.blockers}),
        "warnings": sorted({each.code for each in reach.warnings}),
    }


def steps(reach: Reach) -> dict[str, list[tuple[str, bool | None]]]:
    """Return the hops of each subnet, without the ids that differ."""
    return {name: [(hop.kind, hop.passed) for hop in trace.hops] for name, trace in reach.per_subnet.items()}


def compare(row: dict[str, Any], case: dict[str, Any], ids: dict[str, str], access: Access) -> None:
    """Hold the audit's answer against the case's, and both against the table."""
    judged = judge(row["id"], case)
    expected = {
        "verdict": row["verdict"],
        "path": row.get("path", judged["path"]),
        "blockers": sorted(row["blockers"]),
        "warnings": sorted(row["warnings"]),
    }
    assert {name: sorted(judged[name]) if isinstance(judged[name], list) else judged[name] for name in expected} == (
        expected
    ), row["why"]
    assert access.reach is not None
    # `beside`: what the rest of the account adds, which the case does not hold.
    assert said(access.reach) == {**expected, "blockers": sorted([*row["blockers"], *row.get("beside", [])])}, row[
        "why"
    ]
    assert {name: trace.verdict.value for name, trace in access.reach.per_subnet.items()} == {
        ids[name]: verdict for name, verdict in judged["per_subnet"].items()
    }
    walked = {ids[name]: [(hop["kind"], hop["passed"]) for hop in hops] for name, hops in judged["hops"].items()}
    assert steps(access.reach) == walked or row["id"] in DEAD_ROUTE
    if row["id"] in BECAUSE_OF_POLICY:
        assert (access.verdict.value, access.blocked_by) == ("blocked", ("endpoint_policy",))
        return
    assert access.verdict.value == VERDICTS[row["verdict"]]
    stopped = row["verdict"] in ("unreachable", "partial")
    faults = [each.code for each in access.reach.blockers if not each.contributing]
    assert set(faults) <= set(row["blockers"])
    layers = {LAYER_OF_CODE[code] for code in faults} if stopped else set()
    assert set(access.blocked_by) == layers
    assert list(access.blocked_by) == row.get("blocked_by", list(access.blocked_by))


def built_and_compared(lab: Lab, row: dict[str, Any]) -> None:
    case = edits.edited(edits.base(row["base"]), row["edits"])
    lab.empty()
    ids = builder.inhabited(lab, case)
    compare(row, case, ids, access_of("checkout"))


@pytest.mark.parametrize("row", SAMPLE, ids=lambda row: row["id"])
def test_the_sample_account(lab: Lab, row: dict[str, Any]) -> None:
    case = edits.edited(json.loads((OWN / "sample.json").read_text()), row["edits"])
    access = access_of(row["id"])
    ids = dict(zip(case["function"]["SubnetIds"], access.function.subnets, strict=True))
    compare({"why": row["id"], **row}, case, ids, access)


@pytest.mark.parametrize("row", [row for row in NEW if row["id"] in NORMAL], ids=lambda row: row["id"])
def test_a_network_built(other_account: Lab, row: dict[str, Any]) -> None:
    built_and_compared(other_account, row)


@pytest.mark.verify
@pytest.mark.parametrize("row", [row for row in NEW if row["id"] not in NORMAL], ids=lambda row: row["id"])
def test_every_network_built(other_account: Lab, row: dict[str, Any]) -> None:
    built_and_compared(other_account, row)


@pytest.mark.verify
@pytest.mark.parametrize("row", EDITED, ids=lambda row: row["id"])
def test_the_solvers_cases_built(other_account: Lab, row: dict[str, Any]) -> None:
    built_and_compared(other_account, row)


def test_the_tables_are_whole() -> None:
    known = {row["id"] for row in NEW}
    assert set(NORMAL) <= known
    assert len(known) == len(NEW)
    assert not known & {row["id"] for row in EDITED}
    for row in NEW:
        assert row["why"]
        assert row["source"].startswith("https://docs.aws.amazon.com/")
    assert all(NOT_BUILT.values())
