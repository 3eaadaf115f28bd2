"""No value that a plan, a template or a parameter holds comes out: in no format, no error, no file, no Snapshot.

Markers are put into each place of a document: a few at a time, so that the rest of it still says what it said. Those
that a report shows must have stood where names stand, or parts of a policy; which these are is written down here.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from smsl.cli.declared import Declared, suppositions
from smsl.cli.outputs import Format

Audit = Callable[..., Any]
TESTS = Path(__file__).parents[2]
PLANS = TESTS / "sources" / "tfplan" / "plans"
DOCUMENTS = {
    "template": Path(__file__).parent / "sown.yaml",
    "plan": PLANS / "sensitive" / "plan.json",
    "state": PLANS / "sensitive-state" / "plan.json",
}
OPTIONS = {"template": "--template", "plan": "--plan", "state": "--plan"}
EVERY_FORMAT = [f"--format={each}" + ("" if each is Format.JSON else f"={each}.written") for each in Format]
MANNERS = ("instead", "behind", "listed", "named")

_POLICY = r"\.Statement\.\*\.(Sid|Effect|Action|Resource|Principal|Condition)(\..*)?"
SHOWN = {
    "template": re.compile(
        r"Resources\.\w+\.Condition"  # the name of a condition
        r"|Conditions\..*\.Ref"  # the name of a parameter
        rf"|.*(PolicyDocument|ResourcePolicy|KeyPolicy){_POLICY}"
        r"|.*\.(Ref|Fn::GetAtt\.\*|Fn::FindInMap\.\*|Fn::If\.\*)"  # the name of a resource, a parameter, a condition
        r"|.*\.(FunctionName|RoleName|PolicyName)"
        r"|Resources\.(Plain|Drawn)\.Properties\.Name"
    ),
    "plan": re.compile(
        r".*\.(address|function_name|region|path|kms_key_id|kms_key_arn|role|permissions_boundary|policy_arn)"
        r"|.*\.(values|after|before)\.(name|id|arn)"  # a name of a resource and what AWS makes of it
        r"|.*\.(values|after)\.statement\.\*\.(sid|effect|actions|resources|principals|condition)(\..*)?"
        r"|.*\.references\.\*"
        r"|.*\.variables\.DB_SECRET_ARN"  # says by its name that it names a secret
        r"|.*\.expressions\.(function_name|name|role)\.constant_value"
    ),
}
SHOWN["state"] = SHOWN["plan"]


class _Loader(yaml.SafeLoader):
    """YAML's types but for dates, which JSON has none of."""


_LOADER_RESOLVERS = {
    sign: [each for each in found if not each[0].endswith("timestamp")]
    for sign, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.yaml_implicit_resolvers = _LOADER_RESOLVERS


def document(kind: str) -> Any:
    text = DOCUMENTS[kind].read_text(encoding="utf-8")
    return yaml.load(text, _Loader) if kind == "template" else json.loads(text)  # noqa: S506 -- a safe loader


def asked(kind: str, file: Path) -> list[object]:
    more = ["--parameter", "Asked=a-given-value"] if kind == "template" else []
    return [OPTIONS[kind], file, *more, "--notes", "--debug", *EVERY_FORMAT]


def rows() -> Iterator[Any]:
    for kind in DOCUMENTS:
        for alphabet in ("familiar", "unfamiliar"):
            for manner in MANNERS if alphabet == "familiar" else MANNERS[:2]:
                yield pytest.param(kind, alphabet, manner, id=f"{kind}-{alphabet}-{manner}")


@pytest.mark.every(6)
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "alphabet", "manner"), list(rows()))
def test_no_value_of_any_field_is_shown(
    kind: str, alphabet: str, manner: str, audit: Audit, planting: ModuleType, room: Path
) -> None:
    whole = document(kind)
    paths = list(planting.places(whole))
    file = room / "sown.json"
    judged, out = 0, {}
    for batch in planting.batches(paths, max(16, len(paths) // 10), seed=len(manner)):
        markers = {path: planting.marker(number, alphabet) for path, number in batch.items()}
        file.write_text(json.dumps(planting.planted(whole, markers, manner), ensure_ascii=False), encoding="utf-8")
        ended = audit(*asked(kind, file))
        judged += ended.code in (0, 1, 3)
        shown = set(planting.shown(markers.values(), ended.everything))
        out |= {planting.dotted(path): manner for path, text in markers.items() if text in shown}
    assert [path for path in out if not SHOWN[kind].fullmatch(path)] == []
    assert judged


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_what_is_read_of_a_file_does_not_print_its_values(kind: str, planting: ModuleType, room: Path) -> None:
    whole = document(kind)
    secret = re.compile(r"not-a-real|@@VALUE@@")
    markers = {
        path: planting.marker(number, "familiar")
        for number, path in enumerate(planting.places(whole))
        if secret.search(str(value_at(whole, path)))
    }
    file = room / "read.json"
    file.write_text(json.dumps(planting.planted(whole, markers, "instead")), encoding="utf-8")
    declared = Declared(**{"templates" if kind == "template" else "plans": (file,)})
    (group,) = suppositions(declared, None, ())
    text = "".join(map(repr, group))
    kept = {planting.dotted(path) for path, each in markers.items() if planting.shown([each], text)}
    assert len(markers) > 5
    assert [path for path in kept if not SHOWN[kind].fullmatch(path)] == []


def value_at(whole: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        whole = whole[step]
    return whole


@pytest.mark.every(3)
@pytest.mark.parametrize("alphabet", ["familiar", "unfamiliar"])
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_no_value_of_a_broken_file_is_shown(
    kind: str, alphabet: str, audit: Audit, planting: ModuleType, room: Path
) -> None:
    whole = document(kind)
    paths = [path for path in planting.places(whole) if not SHOWN[kind].fullmatch(planting.dotted(path))]
    markers = {path: planting.marker(number, alphabet) for number, path in enumerate(paths)}
    signs = sorted(set("".join(markers.values())))
    made = planting.planted(whole, markers, "instead")
    text = yaml.safe_dump(made, allow_unicode=True) if kind == "template" else json.dumps(made, ensure_ascii=False)
    file = room / "broken.txt"
    random_places = random.Random(f"{kind} {alphabet}")  # noqa: S311 -- a test's places repeat
    for number in range(20):
        at = random_places.randrange(len(text))
        rest = text[at + random_places.randrange(1, 9) :] if number % 2 else ""
        file.write_text(text[:at] + random_places.choice("\"'{[\t\\:&*!\x07\x00") + rest, encoding="utf-8")
        ended = audit(OPTIONS[kind], file, "--debug", "--notes")
        if alphabet == "unfamiliar":
            assert [sign for sign in signs if sign in ended.everything] == []
        assert planting.shown(markers.values(), ended.everything) == []


SECRET = "a marker of a secret value 4711".replace(" ", "-")
NAMED = """
Parameters:
  Name: {Type: String%s}
  Unused: {Type: String, Default: nothing}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: worker-exec, AssumeRolePolicyDocument: {Statement: []}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: !Sub "prod/${Name}"}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Ref Name
      Role: !GetAtt Role.Arn
      Environment: {Variables: {DB_SECRET_ARN: !Ref Secret, DB_PASSWORD: !Ref Name, TOKEN: !Sub "x-${Name}"}}
"""


@pytest.mark.parametrize(("more", "shows"), [("", True), (", NoEcho: true", False), (', NoEcho: "True"', False)])
@pytest.mark.parametrize("given", [True, False], ids=["given", "default"])
def test_a_parameter_shows_as_a_name_unless_it_is_not_to_be_echoed(
    more: str, shows: bool, given: bool, audit: Audit, room: Path
) -> None:
    file = room / "named.yaml"
    file.write_text(NAMED % (more if given else f"{more}, Default: {SECRET}"))
    ended = audit("--template", file, *(["--parameter", f"Name={SECRET}"] if given else []), *EVERY_FORMAT)
    assert ended.code == 1
    assert (SECRET in ended.everything) is shows
    assert "DB_PASSWORD" in ended.everything
    assert ("NoEcho parameter Name" in ended.everything) is not shows


@pytest.mark.parametrize("argument", [SECRET, f"={SECRET}", f"Unused={SECRET}", f"Nobody={SECRET}"])
def test_a_parameter_that_makes_no_name_is_not_shown(argument: str, audit: Audit, room: Path) -> None:
    file = room / "named.yaml"
    file.write_text(NAMED % "")
    ended = audit("--template", file, "--parameter", "Name=orders", "--parameter", argument, *EVERY_FORMAT)
    assert ended.everything
    assert SECRET not in ended.everything


def test_a_condition_is_decided_by_what_is_not_echoed(audit: Audit, room: Path) -> None:
    file = room / "decided.yaml"
    for value, code in ((SECRET, 1), ("", 0)):
        file.write_text(
            "Parameters: {Hidden: {Type: String, NoEcho: true}}\n"
            'Conditions: {Is: !Not [!Equals [!Sub "${Hidden}-", "-"]]}\n'
            "Resources:\n  Function:\n    Type: AWS::Lambda::Function\n    Properties:\n"
            "      Role: arn:aws:iam::123456789012:role/r\n"
            "      Environment: {Variables: {DB_PASSWORD: !If [Is, !Ref Hidden, !Ref AWS::NoValue]}}\n"
        )
        ended = audit("--template", file, "--parameter", f"Hidden={value}")
        assert ended.code == code, ended
        assert SECRET not in ended.everything


def test_no_comment_is_shown(audit: Audit, planting: ModuleType, room: Path) -> None:
    markers = [planting.marker(number, "familiar") for number in range(400)]
    lines = DOCUMENTS["template"].read_text(encoding="utf-8").splitlines()
    file = room / "commented.yaml"
    file.write_text("".join(f"{line}  # {text}\n# {text}\n" for line, text in zip(lines, markers, strict=False)))
    ended = audit(*asked("template", file))
    assert ended.code == 1
    assert planting.shown(markers, ended.everything) == []


def test_no_value_is_in_a_baseline_or_on_a_process_s_streams(planting: ModuleType, tmp_path: Path) -> None:
    whole = document("plan")
    paths = [path for path in planting.places(whole) if "@@VALUE@@" in str(value_at(whole, path))]
    markers = {path: planting.marker(number, "familiar") for number, path in enumerate(paths)}
    (tmp_path / "plan.json").write_text(json.dumps(planting.planted(whole, markers, "behind")))
    (tmp_path / "cut.json").write_text(json.dumps(planting.planted(whole, markers, "behind"))[:-3])
    command = [sys.executable, "-m", "smsl.cli", "audit", "--debug", "--notes"]
    said = ""
    for arguments in (
        ["--plan", "plan.json", "--write-baseline", "known.json"],
        ["--plan", "plan.json", "--baseline", "known.json", "--format=json", "--format=console=console.written"],
        ["--plan", "cut.json"],
    ):
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert "Traceback" not in done.stderr
        said += done.stdout + done.stderr
    said += "".join(each.read_text() for each in (tmp_path / "known.json", tmp_path / "console.written"))
    assert len(markers) > 5
    assert "plaintext-secret" in said
    assert planting.shown(markers.values(), said) == []
