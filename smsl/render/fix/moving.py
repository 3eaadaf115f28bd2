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
  if "\\r" in value: sys.exit("it holds carriage returns, which the AWS CLI drops: nothing is stored")
  sys.stdout.buffer.write(value.encode())
"""
_READ = """\
if 1:
  import json, sys
  change = json.loads(sys.argv[1])
  text, decode = sys.stdin.read(), json.JSONDecoder().raw_decode
  function, end = decode(text)
  variables = function.get("Environment", {}).get("Variables", {})
"""
_PARTS = {
    "name": """\
  if change["variable"] not in variables: sys.exit("the variable is not there any more: nothing changed")
  if change["reference"] in variables: sys.exit(change["reference"] + " is there already: nothing changed")
  variables[change["reference"]] = change["secret"]
  print("+ " + change["reference"] + "=" + change["secret"], file=sys.stderr)
""",
    "take": """\
  if variables.get(change["reference"]) != change["secret"]: sys.exit("nothing names the secret: nothing changed")
  if variables.pop(change["variable"], None) is None: sys.exit("it is not there any more: nothing changed")
  print("- " + change["variable"], file=sys.stderr)
""",
    "back": """\
  if variables.get(change["reference"]) != change["secret"]: sys.exit("nothing names the secret: nothing changed")
  del variables[change["reference"]]
  print("- " + change["reference"], file=sys.stderr)
  if change["variable"] not in variables:
    variables[change["variable"]] = decode(text[end:].lstrip())[0]
    print("+ " + change["variable"], file=sys.stderr)
""",
}
# AWS's answer to more than 4 KB repeats every value: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_SEND = """\
  size = len(json.dumps(variables, ensure_ascii=False, separators=(",", ":")).encode())
  if size > 4096: sys.exit("the environment would be larger than 4 KB: nothing changed")
  json.dump({"Variables": variables}, sys.stdout)
"""
_NO_HISTORY = (
    '{ [ "$(aws configure get cli_history)" != enabled ] ||\n'
    "  { echo 'The AWS CLI keeps a history of answers (cli_history): turn it off first.' >&2; false; }; }"
)


def moved(step: Step, move: Move) -> str:
    """Return the commands of a step that moves a value."""
    return _stored(step, move) if move.part == "store" else _changed(step, move)


def _changed(step: Step, move: Move) -> str:
    change = {"variable": move.variable, "reference": move.reference, "secret": move.secret}
    source = _configuration(move)
    if move.part == "back":
        asked = [f"--secret-id {shell(move.secret)}", "--query SecretString", "--output json", *_region(step)]
        source = f"{{ {source} &&\n{wrap('aws secretsmanager get-secret-value', asked)}; }}"
    named = [f"--function-name {shell(move.function)}"]
    # What somebody else changes between reading and writing is not overwritten: the revision is another one then.
    revision = wrap(
        "aws lambda get-function-configuration", [*named, "--query RevisionId", "--output text", *_region(step)]
    )
    sent = ['--revision-id "$REVISION"', "--environment file:///dev/stdin", "--query 'keys(Environment.Variables)'"]
    send = wrap("aws lambda update-function-configuration", [*named, *sent, *_region(step)])
    wait = wrap("aws lambda wait function-updated", [*named, *_region(step)])
    program = f"{_READ}{_PARTS[move.part]}{_SEND}".rstrip()
    edit = f"python3 -I -c '{program}' \\\n  {shell(json_text(change))}"
    # A variable that names the secret comes right behind the storing, which has asked.
    first = "" if move.part == "name" else f"{_NO_HISTORY} &&\n"
    return f"{first}REVISION=$({revision}) &&\n{source} |\n{edit} |\n{send} &&\n{wait}"


def _stored(step: Step, move: Move) -> str:
    query = shell(f"Environment.Variables.{move.variable}")
    store = wrap(
        "aws secretsmanager create-secret",
        [f"--name {shell(move.secret)}", "--secret-string file:///dev/stdin", "--query ARN", *_region(step)],
    )
    return f"{_NO_HISTORY} &&\n{_configuration(move, query)} |\npython3 -I -c '{_VALUE.rstrip()}' |\n{store}"


def _configuration(move: Move, query: str | None = None) -> str:
    asked = [f"--query {query}"] if query else []
    region = f"--region {shell(move.function.split(':')[3])}"
    return wrap(
        "aws lambda get-function-configuration",
        [f"--function-name {shell(move.function)}", *asked, "--output json", region],
    )


def _region(step: Step) -> list[str]:
    return [f"--region {shell(step.region)}"] if step.region else []
