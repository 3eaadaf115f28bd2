"""A variable takes its value from a dynamic reference, which nothing resolves when the function runs.

CloudFormation resolves ``{{resolve:secretsmanager:...}}`` when it deploys, with the deployer's rights: from then on the
value itself stands in the function's configuration, where everyone who may call ``lambda:GetFunctionConfiguration``
reads it, and it stays the same when the secret rotates. Outside a template nothing resolves it at all: where it is
found in a deployed function, or where Terraform, a script or a hand puts it, the function gets the text between the
braces in place of the secret.

Silent on ``{{resolve:ssm:...}}``, which is for what is no secret, and in templates on ``{{resolve:ssm-secure:...}}``,
which CloudFormation refuses in a function's variables.

Fix: put the secret's name or ARN in the variable, grant the function's role to read it, and let the function read it
when it starts.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.environment import variables
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Confidence, Finding, Fix, Rule, Severity
from smsl.model.variable import Reference

RULE = Rule("secret-resolved-at-deploy", Area.SECRET, Severity.HIGH, "Secret is resolved at deployment", __doc__)

_OF_A_SECRET, _OF_A_PARAMETER = "dynamic-reference", "dynamic-secure-parameter"
_TEMPLATE = "template"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each variable that holds a dynamic reference to a secret.

    In a function that is deployed it is less sure: its code may resolve such texts by itself.
    """
    in_template = evidence.snapshot.source.kind == _TEMPLATE
    kinds = {_OF_A_SECRET} if in_template else {_OF_A_SECRET, _OF_A_PARAMETER}
    for subject in evidence.subjects:
        function = subject.function
        for variable in variables(function):
            if not isinstance(variable.holds, Reference) or variable.holds.kind not in kinds:
                continue
            what = "a secret" if variable.holds.kind == _OF_A_SECRET else "a secure parameter"
            says = (
                f"takes {what} by a dynamic reference: its value will stand in the function's configuration"
                if in_template
                else f"holds a dynamic reference to {what}, which nothing resolves there: the function gets its text"
            )
            yield Finding(
                RULE,
                function=function.qualified_arn,
                resource=function.qualified_arn,
                message=f"{function.label}: variable {variable.name} {says}",
                confidence=Confidence.HIGH if in_template else Confidence.MEDIUM,
                fix=Fix(
                    f"Put the name or ARN in place of the reference in {variable.name}, grant the role to read it, and"
                    " let the function read it when it starts."
                ),
                detail=variable.name,
                variable=variable.name,
            )
