"""The recorded apps, audited before they are deployed: readable where CDK grants, blocked where the grant is gone."""

from __future__ import annotations

from typing import Any

import pytest

from smsl.cli.declared import Declared, suppositions
from smsl.model.report import Report
from smsl.suppose import audit_under, together
from tests.cdk.synth import APPS, RECORDED
from tests.infrastructures import deployed

PLACE = {"account": "123456789012", "regions": ("eu-west-1",)}
HANGING = {
    "imported-complete": {"partners": {"verdict": "unknown", "blocked_by": [], "findings": ["read-unknown"]}},
    "extension": {"loyalty": {"verdict": "readable", "blocked_by": [], "findings": ["rotation-off"]}},
}
"""Apps for any account and region of which something hangs on where they go: what is said where nobody tells."""
CUSTOM = "CustomVpcRestrictDefaultSGCustomResourceProviderHandler"
"""A part of the name of the function that closes a VPC's default group, which a VPC brings along."""


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


def audited(name: str, **place: Any) -> Report:
    [snapshots] = suppositions(Declared(directory=RECORDED / name, **place), None, ())
    return together([audit_under(snapshots)])


def judged(report: Report) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """Return the functions of the app itself, and the verdicts of those that CDK adds."""
    found = deployed.judged(report)
    own = {label: each for label, each in found.items() if CUSTOM not in label}
    return own, {each["verdict"] for label, each in found.items() if label not in own}


@pytest.mark.parametrize("name", APPS)
def test_an_app_audited(name: str) -> None:
    report = audited(name, **PLACE)

    own, added = judged(report)
    assert own == APPS[name]["functions"]
    assert added <= {"no-secret-named"}
    assert report.gaps == ()


@pytest.mark.parametrize("name", APPS)
def test_an_app_audited_wherever_it_goes(name: str) -> None:
    own, added = judged(audited(name))

    assert own == HANGING.get(name, APPS[name]["functions"])
    assert added <= {"no-secret-named"}


@pytest.mark.parametrize("name", [name for name in APPS if f"{name}-removed" in APPS])
def test_a_grant_that_is_removed_is_missed(name: str) -> None:
    def verdicts(app: str) -> set[str]:
        return {str(subject.verdict) for subject in audited(app, **PLACE).subjects}

    assert (verdicts(name), verdicts(f"{name}-removed")) == ({"readable"}, {"blocked"})


def test_what_hangs_on_the_place_asks_for_it() -> None:
    [subject] = audited("imported-complete").subjects
    [access] = subject.accesses

    assert {"--account", "--region"} <= {*access.needs}
    assert "it hangs on the account and region that this goes to" in access.unknowns


def test_a_layer_that_hangs_on_the_region_is_said_to_be_assumed() -> None:
    def hanging(report: Report) -> list[str]:
        return [each.needs for each in report.assumptions if "layers of loyalty" in each.text]

    assert hanging(audited("extension")) == ["--region or --parameter"]
    assert hanging(audited("extension", regions=("eu-west-1",))) == []
