"""A change under review cannot silence its own finding: configuration and baseline come from a revision without it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smsl.cli.gate.asked import Asked
from smsl.cli.gate.gate import gate_of
from smsl.cli.gate.judged import judge
from smsl.cli.gate.revision import from_revision
from smsl.model.errors import InputError, SmslError
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.origin import Origin
from smsl.model.report import Report
from smsl.model.snapshot import Source
from smsl.model.suppression import Suppression, SuppressionKind

Gate = Callable[..., Any]
AGREED = '[[suppressions]]\nrule = "via-service-wrong"\nreason = "agreed on main"\n'
OWN = '[[suppressions]]\nrule = "plaintext-secret"\nreason = "silences its own"\n'


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(work: Path) -> Path:
    """A repository whose branch main agrees to one finding; the work in it is on another branch."""
    git("init", "-q", "-b", "main")
    (work / "smsl.toml").write_text(AGREED)
    git("add", "-A")
    git("commit", "-q", "-m", "first")
    git("checkout", "-q", "-b", "change")
    return work


def rules(done: Any) -> set[str]:
    return {rule for rule, _ in done.counted}


def test_a_change_silences_nothing_of_its_own(gate: Gate, repository: Path) -> None:
    options = ("--min-severity", "high", "--format", "json")
    own = 'fail-on = "critical"\nmin-severity = "critical"\n' + AGREED + OWN
    assert rules(gate(*options, files={"smsl.toml": own})) == set()
    done = gate(*options, "--trusted-ref", "main")
    assert (done.code, rules(done)) == (1, {"plaintext-secret"})
    told = [(each["reason"], each["standing"], each["new"]) for each in done.report["suppressions"]]
    assert told == [("agreed on main", "in force", False), ("silences its own", "untrusted", True)]
    text = " ".join(gate("--trusted-ref", "main").out.split())
    assert "New, not trusted yet, silences nothing: suppression of plaintext-secret, at smsl.toml:6" in text
    assert "1 suppression is new since main." in text
    assert "Configured by smsl.toml of main." in text


def test_nor_with_a_nearer_file_or_none(gate: Gate, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate(files={"infra/smsl.toml": OWN, "infra/pyproject.toml": "[tool.smsl]\nmin-severity = 'critical'\n"})
    monkeypatch.chdir(repository / "infra")
    (repository / "smsl.toml").unlink()
    done = gate("--min-severity", "high", "--format", "json", "--trusted-ref", "main")
    assert rules(done) == {"plaintext-secret"}
    assert done.report["suppressions"][0]["origin"]["file"] == "../smsl.toml"


def test_the_baseline_is_the_revisions_too(gate: Gate, repository: Path) -> None:
    gate("--write-baseline", "b.json")
    absent = gate("--baseline", "b.json", "--trusted-ref", "main")
    assert (absent.code, "The baseline does not exist." in absent.err) == (2, True)
    git("add", "-A")
    git("commit", "-q", "-m", "a baseline")
    git("branch", "-f", "main")
    (repository / "b.json").write_text("emptied")
    assert gate("--baseline", "b.json", "--trusted-ref", "main").code == 0
    assert gate("--baseline", str(repository / "b.json"), "--trusted-ref", "main").code == 0


def test_a_named_configuration_is_the_revisions_and_one_from_outside_is_itself(
    gate: Gate, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (repository / "smsl.toml").write_text(AGREED + OWN)
    options = ("--min-severity", "high", "--format", "json", "--trusted-ref", "main")
    assert rules(gate(*options, "--config", "smsl.toml")) == {"plaintext-secret"}
    assert rules(gate(*options, "--config", str(repository / "smsl.toml"))) == {"plaintext-secret"}
    outside = tmp_path_factory.mktemp("outside") / "gate.toml"
    outside.write_text(OWN)
    assert rules(gate(*options, "--config", str(outside))) == {"via-service-wrong"}


def test_links_lead_nowhere_else(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "smsl.toml").write_text(OWN)
    (outside / "link.toml").symlink_to(repository / "smsl.toml")
    (repository / "smsl.toml").write_text(OWN)
    (repository / "linked").symlink_to(outside)
    (repository / "own.toml").symlink_to("smsl.toml")
    read = from_revision("main")
    assert read(repository / "smsl.toml") == AGREED
    assert read(repository / "linked" / "smsl.toml") is None
    assert read(outside / "link.toml") == AGREED
    git("add", "-A")
    git("commit", "-q", "-m", "links")
    for name in ("own.toml", "linked"):
        with pytest.raises(InputError, match="no plain file"):
            from_revision("change")(repository / name)
    with pytest.raises(InputError, match="no plain file"):
        from_revision("change")(repository)


INLINE = Suppression(("read-wildcard",), "agreed", SuppressionKind.INLINE, Origin("a.yaml", "Role", 3))


def judged(repository: Path, trusted_ref: str | None, **asked: Any) -> tuple[str | None, str | None, bool | None]:
    rule = Rule("read-wildcard", Area.ROLE, Severity.HIGH, "", "")
    finding = Finding(rule, "arn", "r", "m", location=Origin("a.yaml", "Role.Policies[0]", 9))
    subject: Any = type(
        "Subject",
        (),
        {
            "function": type("F", (), dict.fromkeys(("arn", "qualified_arn", "name", "label"), "arn")),
            "accesses": (),
            "verdict": None,
        },
    )
    report = Report(
        "smsl",
        Source("live", None, None),
        datetime(2026, 9, 1, tzinfo=UTC),
        (subject,),
        (finding,),
        (),
        inline=(INLINE,),
    )
    told = judge(report, gate_of(Asked(trusted_ref=trusted_ref, **asked))).report
    return told.findings[0].suppressed, told.since, told.suppressions[-1].new


def test_an_inline_suppression_counts_once_the_trusted_baseline_lists_it(repository: Path) -> None:
    (repository / "smsl.toml").write_text("")
    file = repository / "b.json"
    assert judged(repository, None) == ("agreed", None, None)
    assert judged(repository, None, no_inline=True) == (None, None, None)
    assert judged(repository, "main") == (None, "main", True)
    assert judged(repository, None, write_baseline=file) == ("agreed", None, None)
    assert judged(repository, None, baseline=file) == ("agreed", "the baseline", False)
    git("add", "-A")
    git("commit", "-q", "-m", "listed")
    assert judged(repository, "change", baseline=file) == ("agreed", "change", False)
    file.write_text(file.read_text().replace('"Role"', '"Other"'))
    assert judged(repository, None, baseline=file) == ("agreed", "the baseline", True)
    assert judged(repository, "change", baseline=file) == ("agreed", "change", False)


@pytest.mark.parametrize(
    ("revision", "says"),
    [
        ("nowhere", "is not in this repository"),
        ("", "names no revision"),
        ("--help", "names no revision"),
        ("main\0", "names no revision"),
        ("main:smsl.toml", "is not in this repository"),
        ("$(touch hunter2)", "is not in this repository"),
    ],
)
def test_what_is_no_revision(gate: Gate, repository: Path, revision: str, says: str) -> None:
    done = gate("--trusted-ref", revision)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert len(done.err.splitlines()) == 2
    assert not (repository / "hunter2").exists()


def test_outside_of_a_repository(gate: Gate, work: Path) -> None:
    assert "needs a git repository" in gate("--trusted-ref", "main").err


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SmslError, match="needs git, which is not installed"):
        from_revision("main")


def test_a_configuration_of_the_revision_that_cannot_be_read(gate: Gate, repository: Path) -> None:
    gate(files={"smsl.toml": "hunter2 = x"})
    git("commit", "-q", "-a", "-m", "broken")
    (repository / "smsl.toml").write_text(AGREED)
    done = gate("--trusted-ref", "change")
    assert (done.code, "smsl.toml:1: This is not TOML." in done.err, "hunter2" in done.err) == (2, True, False)
