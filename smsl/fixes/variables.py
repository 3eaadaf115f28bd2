"""Steps that take a secret out of a function's environment: into Secrets Manager, granted to the role, named instead.

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from smsl.assess.evidence import assess
from smsl.assess.grants import READ
from smsl.assess.paths import client_region
from smsl.fixes.apply import apply
from smsl.fixes.policies import grant_identity, suffix_pattern
from smsl.model.evidence import Access, Verdict
from smsl.model.finding import Fix, Move, Step
from smsl.model.snapshot import NOT_ASKED, Function, Role, Secret, SecretId, Snapshot
from smsl.model.standin import called
from smsl.model.unknown import Unknown
from smsl.model.variable import EnvironmentVariable, Leak, Reference

SUFFIX = "_SECRET_NAME"
"""What is put behind a variable's name for the one that names the secret: a declared name, which an audit believes."""
_PERMISSIONS = ("scp", "rcp", "identity_policy", "permissions_boundary", "session_policy", "endpoint_policy")
_NOTES = (
    "Whoever saw the value has it: change it at its source, then put the new one into the secret.",
    "A stack or Terraform that owns the function brings the variable back, and published versions keep it.",
)
_TOKEN = "X-Aws-Parameters-Secrets-Token"
_DAYS = 7
"""How long an undone secret can still be restored: the least that AWS grants."""


def store_variable(snapshot: Snapshot, function: Function, variable: str) -> Fix:
    """Return the fix of a secret that stands in a variable; without steps where none would be sound.

    What is done at once adds only: the secret, the grant, a variable that names the secret. Taking the variable away
    comes later, when the deployed code reads the secret. Where the first part is done, only that is left.
    """
    role = snapshot.roles.get(function.role)
    advice = f"Store what {variable} holds in Secrets Manager, name the secret in the variable instead"
    if function.version != "$LATEST":
        return Fix(
            f"{advice}: mend $LATEST, publish a version and let it serve; version {function.version} keeps its copy"
            " until it is deleted. Change the exposed value.",
        )
    if not isinstance(role, Role):
        return Fix(f"{advice}, grant the role exactly that secret, and change the exposed value.")
    secret = f"{called(function.name)}/{variable}"
    named = _named(function, variable, secret)
    move = Move(function.arn, variable, named or _free(function, variable), secret, "store")
    if named is not None:
        return Fix(f"{secret} is stored and named in {named}: take {variable} away", notes=_NOTES, later=_later(move))
    return _from_the_start(snapshot, function, role, move, advice)


def _from_the_start(snapshot: Snapshot, function: Function, role: Role, move: Move, advice: str) -> Fix:
    region = client_region(function)
    if region != function.region:
        return Fix(f"{advice} in {region}, where the function's client asks; and change the exposed value.")
    secret = _created(snapshot, function, move, region)
    grant = grant_identity(role, secret, READ, suffix_pattern(secret), None)
    steps = (
        Step("secretsmanager", "CreateSecret", {"Name": move.secret}, region, stdin="SecretString", move=move),
        *grant.steps,
        _update(move, "name"),
    )
    access = _assessed(snapshot, function, (*steps, *_later(move)), move)
    if access is None or access.verdict is not Verdict.READABLE:
        return Fix(f"{advice}, and change the exposed value. First mend why it could not be read{_why(access)}.")
    return Fix(
        f"stores what {move.variable} holds as secret {move.secret}, lets the role read it, and names it in"
        f" {move.reference}; {move.variable} stays for now",
        steps,
        (
            _update(move, "back"),
            *grant.undo,
            Step("secretsmanager", "DeleteSecret", {"SecretId": move.secret, "RecoveryWindowInDays": _DAYS}, region),
        ),
        turns=str(access.verdict),
        notes=(*_NOTES, *grant.notes),
        ways=_ways(function, move),
        later=_later(move),
    )


def _update(move: Move, part: Literal["name", "take", "back"]) -> Step:
    region = move.function.split(":")[3]
    where = {"FunctionName": move.function}
    return Step("lambda", "UpdateFunctionConfiguration", where, region, move=replace(move, part=part))


def _later(move: Move) -> tuple[Step, ...]:
    return (_update(move, "take"),)


def _why(access: Access | None) -> str:
    if access is None or not access.blockers:
        return ""
    withheld = next((each for each in access.blockers if _withholds(each.layer)), access.blockers[0])
    return f": {withheld.message}"


def _named(function: Function, variable: str, secret: str) -> str | None:
    """Return the variable that names the secret already; None where none does."""
    if isinstance(function.variables, Unknown):
        return None
    for each in function.variables:
        if isinstance(each.holds, Reference) and each.holds.text == secret and each.name.startswith(variable):
            return each.name
    return None


def _free(function: Function, variable: str) -> str:
    """Return a name for the variable that names the secret, one that the function has not got yet."""
    taken = set() if isinstance(function.variables, Unknown) else {each.name for each in function.variables}
    name, more = f"{variable}{SUFFIX}", 2
    while name in taken:
        name, more = f"{variable}_{more}{SUFFIX}", more + 1
    return name


def _created(snapshot: Snapshot, function: Function, move: Move, region: str) -> Secret:
    """Return the secret as it will be."""
    step = Step("secretsmanager", "CreateSecret", {"Name": move.secret}, region)
    changed = apply(replace(snapshot, functions=(function,), principals=NOT_ASKED), step)
    fact = changed.secrets[SecretId(region, move.secret)]
    assert isinstance(fact, Secret)  # noqa: S101 - the step just made it
    return fact


def _assessed(snapshot: Snapshot, function: Function, steps: tuple[Step, ...], move: Move) -> Access | None:
    changed = replace(snapshot, functions=(function,), principals=NOT_ASKED)
    for step in steps:
        changed = apply(changed, step)
    return next((each for each in assess(changed).accesses if each.wanted.text == move.secret), None)


def _withholds(layer: str) -> bool:
    return layer.removeprefix("kms:") in _PERMISSIONS


def leaking(function: Function, name: str) -> EnvironmentVariable | None:
    """Return the variable of a name that holds a secret; None where there is none."""
    if isinstance(function.variables, Unknown):
        return None
    return next((each for each in function.variables if each.name == name and isinstance(each.holds, Leak)), None)


def _ways(function: Function, move: Move) -> tuple[str, ...]:
    """Return the three ways to read the secret, in the function's own language where it is Python or Node.js.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
    """
    runtime = function.runtime or ""
    if runtime.startswith("python"):
        named = f'os.environ["{move.reference}"]'
        sdk = f'boto3.client("secretsmanager").get_secret_value(SecretId={named})["SecretString"]'
        cache = f"aws_lambda_powertools.utilities.parameters.get_secret({named}, max_age=300)"
    elif runtime.startswith("nodejs"):
        named = f"process.env.{move.reference}"
        sdk = f"(await client.send(new GetSecretValueCommand({{ SecretId: {named} }}))).SecretString"
        cache = f"await getSecret({named}, {{ maxAge: 300 }}) of @aws-lambda-powertools/parameters/secrets"
    else:
        sdk = f"GetSecretValue of the AWS SDK, with the SecretId that {move.reference} holds"
        cache = "the same, with the answer kept in a variable outside the handler for some minutes"
    extension = f"http://localhost:2773/secretsmanager/get?secretId={move.secret.replace('/', '%2F')}"
    return (
        f"SDK, a call each time: {sdk}",
        f"Cache in the function: {cache}",
        f"AWS Parameters and Secrets Lambda Extension: GET {extension}, header {_TOKEN}: $AWS_SESSION_TOKEN",
    )
