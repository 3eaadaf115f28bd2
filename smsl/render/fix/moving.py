"""A variable's value on its way to a secret and back, as commands: through pipes only.

Neither the screen, the shell's history, a process list nor a file gets to see any variable's value: the configuration
is not kept, as other documents are before they are edited, and AWS's answer, which repeats it, is cut to the names.
"""

from __future__ import annotations

from smsl.model.finding import Move, Step
from smsl.render.fix.command import wrap
from smsl.render.neutral import json_text, shell

# `if 1:` lets the program be indented as a whole when it is shown inside a report.
_VALUE = """\
if 1:
  import json, sys
  value = json.load(sys.stdin)
  if not value: sys.exit("the variable is not there any more: nothing is stored")
  sys.stdout.write(value)
"""
_READ = """\
if 1:
  import json, sys
  change = json.loads(sys.argv[1])
"""
_AWAY = """\
  function = json.load(sys.stdin)
  variables = function.get("Environment", {}).get("Variables", {})
  if change["variable"] not in variables: sys.exit("the variable is not there any more: nothing changed")
  del variables[change["variable"]]
  variables[change["reference"]] = change["secret"]
  print("- " + change["variable"], "+ %(reference)s=%(secret)s" % change, sep="\\n", file=sys.stderr)
"""
_BACK = """\
  text, decode = sys.stdin.read(), json.JSONDecoder().raw_decode
  value, end = decode(text)
  function = decode(text[end:].lstrip())[0]
  variables = function.get("Environment", {}).get("Variables", {})
  variables.pop(change["reference"], None)
  variables[change["variable"]] = value
  print("- " + change["reference"], "+ " + change["variable"], sep="\\n", file=sys.stderr)
"""
_SEND = """\
  json.dump({"Variables": variables}, sys.stdout)
"""


def moved(step: Step, move: Move) -> str:
    """Return the commands of a step that moves a value."""
    if step.operation == "CreateSecret":
        return _stored(step, move)
    change = {"variable": move.variable, "reference": move.reference}
    if move.back:
        value = wrap(
            "aws secretsmanager get-secret-value",
            [f"--secret-id {shell(move.secret)}", "--query SecretString", "--output json", *_region(step)],
        )
        source = f"{{ {value} &&\n{_configuration(step, move)}; }}"
        program = _READ + _BACK + _SEND
    else:
        source, program = _configuration(step, move), _READ + _AWAY + _SEND
        change["secret"] = move.secret
    named = f"--function-name {shell(move.function)}"
    # What somebody else changes between reading and writing is not overwritten: the revision is another one then.
    revision = wrap(
        "aws lambda get-function-configuration",
        [named, "--query RevisionId", "--output text", *_region(step)],
    )
    send = wrap(
        "aws lambda update-function-configuration",
        [
            named,
            '--revision-id "$REVISION"',
            "--environment file:///dev/stdin",
            "--query 'keys(Environment.Variables)'",
            *_region(step),
        ],
    )
    wait = wrap("aws lambda wait function-updated", [named, *_region(step)])
    ask = "" if move.back else _asked(move)
    program = f"python3 -c '{program.rstrip()}' \\\n  {shell(json_text(change))}"
    return f"{ask}REVISION=$({revision}) &&\n{source} |\n{program} |\n{send} &&\n{wait}"


def _asked(move: Move) -> str:
    """Return the question before a variable goes that code may still read; without an answer nothing goes."""
    text = f"{move.secret} is stored. Does the code that is deployed read it? Then take {move.variable} out [y/N]: "
    return f'printf %s {shell(text)} >&2 &&\nread -r ANSWER && [ "$ANSWER" = y ] &&\n'


def _stored(step: Step, move: Move) -> str:
    query = shell(f"Environment.Variables.{move.variable}")
    store = wrap(
        "aws secretsmanager create-secret",
        [f"--name {shell(move.secret)}", "--secret-string file:///dev/stdin", "--query ARN", *_region(step)],
    )
    return f"{_configuration(step, move, query)} |\npython3 -c '{_VALUE.rstrip()}' |\n{store}"


def _configuration(step: Step, move: Move, query: str | None = None) -> str:
    asked = [f"--query {query}"] if query else []
    return wrap(
        "aws lambda get-function-configuration",
        [f"--function-name {shell(move.function)}", *asked, "--output json", *_region(step)],
    )


def _region(step: Step) -> list[str]:
    return [f"--region {shell(step.region)}"] if step.region else []
