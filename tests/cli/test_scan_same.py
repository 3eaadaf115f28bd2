"""``scan-env`` tells variables that hold one secret of each other: JSON lines within an input, the table of all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from smsl.cli.scan_env import Outcome, line_of, run, run_files
from smsl.leaks.formats import example
from smsl.render import scan_table
from smsl.sources.variables.entry import Note

SECRET = example("{w24}")
SERVERLESS = """\
service: shop
provider: {{name: aws}}
functions:
  orders:
    handler: a.b
    environment: &shared
      DB_PASSWORD: {0}
  bills:
    handler: a.b
    environment: *shared
  mails:
    handler: a.b
    environment:
      DATABASE_URL: postgres://app:{0}@db.internal/app
"""


def scanned(tmp_path: Path, **files: str) -> tuple[Outcome, list[dict[str, Any]]]:
    lines: list[dict[str, Any]] = []

    def answered(answer: Any, file: str | None) -> None:
        if not isinstance(answer[0], Note):
            lines.append(json.loads(line_of(answer, file)))

    paths = []
    for name, text in files.items():
        paths.append(tmp_path / name.replace("_", "."))
        paths[-1].write_text(text)
    return run_files(paths, None, lambda path: path.name, answered, lambda _text: None), lines


def same(outcome: Outcome) -> dict[str, tuple[tuple[str, ...], int]]:
    found = {}
    for each in outcome.scan().leaks:
        assert each.leak is not None
        found[f"{each.file}:{each.line} {each.owner or ''}"] = (each.leak.same, each.leak.more)
    return found


def test_files_know_of_each_other(tmp_path: Path) -> None:
    outcome, lines = scanned(
        tmp_path,
        a_env=f"DB_PASSWORD={SECRET}\nNOTE={SECRET}\nDB_URL=postgres://app:{SECRET}@db/x\n",
        b_env=f"PGPASSWORD={SECRET}\nAPI_KEY={SECRET[::-1]}\n",
    )

    assert same(outcome) == {
        "a.env:1 ": (("DB_URL", "b.env/PGPASSWORD"), 0),
        "a.env:3 ": (("DB_PASSWORD", "b.env/PGPASSWORD"), 0),
        "b.env:1 ": (("a.env/DB_PASSWORD", "a.env/DB_URL"), 0),
        "b.env:2 ": ((), 0),
    }
    assert [line.get("same") for line in lines] == [["DB_URL"], None, ["DB_PASSWORD"], None, None]
    assert "DB_URL and 1" in scan_table.render(outcome.scan())
    assert SECRET not in json.dumps(lines) + scan_table.render(outcome.scan()) + repr(outcome)


def test_what_an_alias_repeats_is_one_place(tmp_path: Path) -> None:
    outcome, _ = scanned(tmp_path, serverless_yml=SERVERLESS.format(SECRET))

    assert same(outcome) == {
        "serverless.yml:7 functions.orders": (("functions.mails/DATABASE_URL",), 0),
        "serverless.yml:7 functions.bills": (("functions.mails/DATABASE_URL",), 0),
        "serverless.yml:14 functions.mails": (("functions.orders/DB_PASSWORD",), 0),
    }


def test_a_name_twice_is_told_by_its_line(tmp_path: Path) -> None:
    outcome, _ = scanned(tmp_path, a_env=f"DB_PASSWORD={SECRET}\nDB_PASSWORD={SECRET}\n")

    assert same(outcome) == {"a.env:1 ": (("DB_PASSWORD (line 2)",), 0), "a.env:2 ": (("DB_PASSWORD (line 1)",), 0)}


def test_rows_are_compared_by_their_groups_and_alone_not_at_all() -> None:
    row = {"name": "DB_PASSWORD", "value": SECRET}
    written: list[str] = []

    assert run([json.dumps(each) for each in ({**row, "group": "f"}, {**row, "group": "g"}, row, row)], written.append)

    assert [json.loads(line).get("same") for line in written] == [["g/DB_PASSWORD"], ["f/DB_PASSWORD"], None, None]


def test_many_are_counted() -> None:
    rows = [json.dumps({"name": "DB_PASSWORD", "value": SECRET, "group": n}) for n in range(500)]
    written: list[str] = []

    run(rows, written.append)

    answer = json.loads(written[499])
    assert (answer["same"], answer["same_more"]) == (["0/DB_PASSWORD", "1/DB_PASSWORD", "2/DB_PASSWORD"], 496)
