"""The baseline: what was there is known, one more of the same is not, and nothing that was not looked at is gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.gate.baseline import Baseline, Entry, KnownGap, KnownSuppression, compared, identity, pruned, recorded
from smsl.gate.baseline_file import parse, text_of
from smsl.gate.decide import exit_code
from smsl.model.errors import InputError
from smsl.model.evidence import Verdict
from smsl.model.finding import Severity
from smsl.model.origin import Gap, Origin
from smsl.model.report import NamedUnknown, Report
from smsl.model.suppression import Applied, Standing, Suppression, SuppressionKind
from smsl.render.fingerprint import fingerprint

GAP = Gap("kms:GetKeyPolicy 1234abcd", "AccessDenied", "kms:GetKeyPolicy")
INLINE = Suppression(
    ("read-wildcard",), "agreed", SuppressionKind.INLINE, Origin("a.yaml", "Role", 3), date(2027, 1, 1)
)


def code(report: Report, baseline: Baseline) -> int:
    return exit_code(compared(report, baseline, "b.json"), Severity.LOW)


@pytest.fixture
def full(built: Any) -> Report:
    """A report with something of everything."""
    dark = built.a_subject("dark", Verdict.UNKNOWN, built.an_access("prod/db", Verdict.UNKNOWN, "z", "a"))
    blank = built.a_subject("blank", Verdict.UNKNOWN)
    one = built.a_finding("checkout")
    report = built.a_report(
        one,
        replace(one, message="the same again"),
        built.a_finding("checkout", suppressed="agreed", detail="other"),
        subjects=(built.a_subject("checkout"), dark, blank),
        gaps=(GAP, GAP),
        suppressions=(
            Applied(INLINE, Standing.IN_FORCE),
            Applied(replace(INLINE, kind=SuppressionKind.METADATA), Standing.IGNORED),
            Applied(replace(INLINE, kind=SuppressionKind.CONFIGURATION), Standing.IN_FORCE),
        ),
    )
    assert isinstance(report, Report)
    return report


def test_what_is_recorded(full: Report) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:"
    entry = Entry("read-wildcard", f"{arn}checkout", "checkout-exec", "all secrets")
    assert recorded(full) == Baseline(
        (entry, entry),
        (NamedUnknown(f"{arn}blank", "", ("its code",)), NamedUnknown(f"{arn}dark", "prod/db", ("a", "z"))),
        (KnownGap(GAP.call, GAP.error),),
        (KnownSuppression("inline", ("read-wildcard",), "a.yaml", "Role", "2027-01-01"),),
    )
    assert entry.fingerprint == fingerprint(full.findings[0])


def test_what_is_recorded_is_known(full: Report) -> None:
    told = compared(full, recorded(full), "b.json")
    assert exit_code(full, Severity.LOW) == 1
    assert exit_code(told, Severity.LOW) == 0
    assert told.compared is not None
    assert (told.compared.known, told.compared.new, told.compared.gone, told.new_gaps) == (2, 0, 0, ())
    assert [each.suppressed for each in told.findings] == ["known from the baseline"] * 2 + ["agreed"]
    assert told.findings[0].suppressed_by is SuppressionKind.BASELINE


@pytest.mark.parametrize(
    ("change", "exits"),
    [
        (lambda finding: replace(finding, message="b", location=Origin("x", "y", 9), because=("c",)), 0),
        (lambda finding: replace(finding, detail="another"), 1),
        (lambda finding: replace(finding, resource="another"), 1),
        (lambda finding: replace(finding, function="another"), 1),
        (lambda finding: replace(finding, rule=replace(finding.rule, id="another")), 1),
        (lambda finding: replace(finding, rule=replace(finding.rule, severity=Severity.CRITICAL)), 0),
    ],
)
def test_a_finding_is_known_by_what_it_is(built: Any, change: Callable[[Any], Any], exits: int) -> None:
    baseline = recorded(built.a_report(built.a_finding()))
    assert code(built.a_report(change(built.a_finding())), baseline) == exits


def test_a_second_one_of_the_same_is_new(built: Any) -> None:
    one = built.a_finding()
    baseline = recorded(built.a_report(one))
    assert code(built.a_report(one), baseline) == 0
    told = compared(built.a_report(one, one), baseline, "b.json")
    assert [each.suppressed is None for each in told.findings] == [False, True]
    assert exit_code(told, Severity.LOW) == 1


@pytest.mark.parametrize(
    ("access", "exits"),
    [
        (("prod/db", "the policy", "the key"), 0),
        (("prod/db", "the key"), 0),
        (("prod/db", "the key", "the network"), 3),
        (("prod/other", "the key"), 3),
    ],
)
def test_an_unknown_is_known_by_its_reasons(built: Any, access: tuple[str, ...], exits: int) -> None:
    def report(*texts: str) -> Report:
        unknown = built.an_access(texts[0], Verdict.UNKNOWN, *texts[1:])
        told = built.a_report(subjects=(built.a_subject("dark", Verdict.UNKNOWN, unknown),))
        assert isinstance(told, Report)
        return told

    assert code(report(*access), recorded(report("prod/db", "the key", "the policy"))) == exits


def test_pruning_keeps_what_is_found_and_adds_nothing(built: Any, full: Report) -> None:
    before = recorded(full)
    assert pruned(full, before) == before
    more = replace(full, findings=(*full.findings, built.a_finding("new")), gaps=(*full.gaps, replace(GAP, call="x")))
    assert pruned(more, before) == before
    assert pruned(built.a_report(), before) == Baseline()
    fewer = pruned(replace(full, findings=full.findings[1:]), before)
    assert len(fewer.findings) == 1
    told = compared(replace(full, findings=full.findings[1:]), before, "b.json").compared
    assert told is not None
    assert told.gone == 1


def test_what_was_not_looked_at_stays(built: Any, full: Report) -> None:
    before = recorded(full)
    others = built.a_report(subjects=(built.a_subject("other"),))
    assert pruned(others, before, narrowed=True) == before
    env = replace(full, findings=(), rules=())
    assert pruned(env, before).findings == before.findings
    assert pruned(env, before).unknowns == before.unknowns
    assert pruned(env, before, rules={"read-wildcard"}).findings == before.findings
    assert pruned(env, before, rules={"another"}).findings == ()
    dark = built.a_subject("checkout", Verdict.UNKNOWN, built.an_access("prod/db", Verdict.UNKNOWN, "a"))
    assert pruned(built.a_report(subjects=(dark,)), before).findings == before.findings


def test_a_suppressed_finding_is_found_still(built: Any) -> None:
    before = recorded(built.a_report(built.a_finding()))
    assert pruned(built.a_report(built.a_finding(suppressed="agreed")), before) == before


def test_an_unknown_loses_the_reasons_that_it_has_no_more(built: Any, full: Report) -> None:
    dark = built.a_subject("dark", Verdict.UNKNOWN, built.an_access("prod/db", Verdict.UNKNOWN, "a", "new"))
    [left] = pruned(replace(full, subjects=(dark,)), recorded(full)).unknowns
    assert left.reasons == ("a",)


def test_the_file_says_it_all(full: Report) -> None:
    baseline = recorded(full)
    text = text_of(baseline)
    assert parse(text, "b.json") == baseline
    document = json.loads(text)
    assert list(document) == ["schema", "findings", "unknowns", "gaps", "suppressions"]
    assert len(text.splitlines()) == 3 + 2 * 4 + sum(len(each) for each in document.values() if isinstance(each, list))
    assert parse(text_of(Baseline()), "b.json") == Baseline()


TEXTS = st.text(max_size=8)


@settings(max_examples=40)
@given(
    st.builds(
        Baseline,
        st.lists(st.builds(Entry, TEXTS, TEXTS, TEXTS, TEXTS), max_size=3).map(tuple),
        st.lists(st.builds(NamedUnknown, TEXTS, TEXTS, st.lists(TEXTS).map(tuple)), max_size=2).map(tuple),
        st.lists(st.builds(KnownGap, TEXTS, TEXTS), max_size=2).map(tuple),
        st.lists(st.sampled_from([identity(INLINE), identity(replace(INLINE, until=None))]), max_size=2).map(tuple),
    )
)
def test_any_baseline_survives_its_file(baseline: Baseline) -> None:
    text = text_of(baseline)
    assert text.isascii()
    assert parse(text, "b.json") == baseline


ROW = {
    "rule": "r",
    "function": "f",
    "resource": "s",
    "detail": "d",
    "fingerprint": Entry("r", "f", "s", "d").fingerprint,
}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{\n VALUE", "b.json:2: The baseline is not JSON."),
        ("[" * 100_000, "b.json: The baseline is not JSON."),
        ("9" * 10_000, "b.json: The baseline is not JSON."),
        ([], "b.json: This is not a baseline of schema smsl.baseline/1."),
        ({"schema": "smsl.baseline/2"}, "b.json: This is not a baseline of schema smsl.baseline/1."),
        ({"findings": "VALUE"}, "b.json: The baseline's findings are no list."),
        ({"findings": ["VALUE"]}, "b.json: Entry 1 of the baseline's findings is damaged."),
        ({"findings": [ROW, ROW | {"resource": "VALUE"}]}, "b.json: Entry 2 of the baseline's findings is damaged."),
        ({"findings": [ROW | {"detail": 3}]}, "b.json: Entry 1 of the baseline's findings is damaged."),
        (
            {"unknowns": [{"function": "VALUE", "secret": "s"}]},
            "b.json: Entry 1 of the baseline's unknowns is damaged.",
        ),
        (
            {"unknowns": [{"function": "f", "secret": "s", "reasons": "VALUE"}]},
            "b.json: Entry 1 of the baseline's unkn",
        ),
        ({"gaps": [{"call": "VALUE"}]}, "b.json: Entry 1 of the baseline's gaps is damaged."),
        ({"suppressions": [None]}, "b.json: Entry 1 of the baseline's suppressions is damaged."),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_place(document: object, says: str) -> None:
    if isinstance(document, dict):
        document = {"schema": "smsl.baseline/1"} | document
    with pytest.raises(InputError) as raised:
        parse(document if isinstance(document, str) else json.dumps(document), "b.json")
    assert raised.value.message.startswith(says)
    assert raised.value.next_step
    assert "VALUE" not in str(raised.value)
