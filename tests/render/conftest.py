"""Hand-made reports: one fault each, every text of which may be replaced by something hostile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from smsl.model.decision import Because, Decision, Effect, Layer, NearMiss, Result
from smsl.model.evidence import Access, Blocker, Subject, Verdict, Wanted, WantedFrom
from smsl.model.finding import Area, Edit, Finding, Fix, Rule, Severity, Step
from smsl.model.origin import Assumption, Basis, Gap, Origin
from smsl.model.reach import Blocker as NetworkBlocker
from smsl.model.reach import Hop, Path, Reach, Trace
from smsl.model.reach import Verdict as Connection
from smsl.model.report import Compared, Report
from smsl.model.snapshot import Function, Readiness, Rotation, Secret, SecretVersion, Source
from smsl.model.suppression import Applied, Standing, Suppression, SuppressionKind
from smsl.model.unknown import Unknown
from smsl.render.undecided import named_unknowns

ACCOUNT, REGION = "123456789012", "eu-west-1"
TAKEN = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)
Text = Callable[[str], str]


def plain(text: str) -> str:
    return text


DENIED = Rule("decrypt-denied", Area.KMS, Severity.CRITICAL, "Role may not decrypt", "Why.")
PARTIAL = Rule("path-partial", Area.NETWORK, Severity.HIGH, "Some subnets cannot reach it", "Why.")
UNSUFFIXED = Rule("rotation-off", Area.SECRET, Severity.LOW, "Rotation is off", "Why.")


def a_function(name: str, text: Text, asked: str | None = "live") -> Function:
    return Function(
        arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{text(name)}",
        name=text(name),
        region=REGION,
        account=ACCOUNT,
        asked=asked,
        version="42" if asked else "$LATEST",
        role=f"arn:aws:iam::{ACCOUNT}:role/{text(name)}-exec",
        architecture="x86_64",
        package="Zip",
        runtime="python3.12",
        timeout=3,
        readiness=Readiness("Active", None, "Successful", None),
        layers=(),
        variables=(),
        environment_key=None,
        subnets=("subnet-0a", "subnet-0b"),
        security_groups=("sg-1",),
        ipv6_allowed=False,
        snap_start=False,
        aliases=(),
    )


def a_secret(text: Text, key: str | None = "1234abcd") -> Secret:
    return Secret(
        arn=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{text('prod/checkout/db')}-AbCdEf",
        name=text("prod/checkout/db"),
        region=REGION,
        account=ACCOUNT,
        key=key,
        deleted=None,
        versions=(SecretVersion("v1", ("AWSCURRENT",)),),
        rotation=Rotation(False, None, None, None),
        policy=None,
        primary_region=None,
        replicas=(),
    )


def allowed(text: Text, layer: Layer = Layer.PRINCIPAL, sid: str | None = "ReadDb") -> Decision:
    because = Because(layer, text('checkout-exec, inline "secrets"'), 0, sid and text(sid), "Allow")
    return Decision(Result.ALLOWED, {layer: Effect.ALLOW}, (because,))


def denied(text: Text) -> Decision:
    miss = NearMiss(
        Layer.PRINCIPAL,
        text('checkout-exec, inline "secrets"'),
        1,
        text("AllowKMSDecrypt"),
        "Condition kms:ViaService StringEquals",
        text("secretsmanager.us-east-1.amazonaws.com"),
        "secretsmanager.eu-west-1.amazonaws.com",
    )
    layers = {Layer.RESOURCE: Effect.NO_IMPACT, Layer.PRINCIPAL: Effect.IMPLICIT_DENY}
    return Decision(Result.IMPLICITLY_DENIED, layers, (), (miss,), (), True)


def reached(text: Text, verdict: Connection = Connection.REACHABLE) -> Reach:
    bad = verdict is not Connection.REACHABLE
    hop = Hop(text("sg-1"), "security_group", None if verdict is Connection.UNKNOWN else False, text("no rule"))
    good = Trace(Connection.REACHABLE, (Hop("vpce-0a12", "endpoint", True, "private DNS"),))
    return Reach(
        verdict,
        Path.ENDPOINT,
        (NetworkBlocker("FN_SG_EGRESS", "sg-1", text("no egress to 443")),) if bad else (),
        (),
        {"subnet-0a": good, "subnet-0b": Trace(verdict, (hop,)) if bad else good},
        "secretsmanager.eu-west-1.amazonaws.com",
        "vpce-0a12",
        (Unknown(text("route tables not read"), ("ec2:DescribeRouteTables",)),) if bad else (),
    )


def a_route_to(end: str, address: str, text: Text, *legs: Hop) -> tuple[Hop, ...]:
    return (
        Hop(text(end), "endpoint", True, f"vpce-0a12 at {address}"),
        Hop("rtb-0a1b2c3d4e5f60718", "route", True, "to local"),
        Hop(text("sg-0f00d0f00d0f00d01,sg-0f00d0f00d0f00d02"), "security_group", True, "egress allows the address"),
        *legs,
    )


def two_zones(text: Text, *, shut: bool) -> Reach:
    """An endpoint with an interface in each of two subnets, one of whose network ACLs may be shut."""
    name = Hop("secretsmanager.eu-west-1.amazonaws.com", "dns", True, "private DNS of vpce-0a12 owns the name")
    leg = Hop("acl-0b", "network_acl", True, "rules allow the packets")
    closed = Hop("acl-0b", "network_acl", False, text("Network ACL of the function subnet denies outbound TCP 443."))
    ends = {"subnet-0a": "10.0.0.4", "subnet-0b": "10.0.1.4"}
    traces = {}
    for subnet in ends:
        hops = [name]
        for end, address in ends.items():
            legs = () if end == subnet else (closed, leg) if shut and subnet == "subnet-0b" else (leg, leg)
            hops += a_route_to(end.replace("subnet", "eni"), address, text, *legs)
        traces[subnet] = Trace(Connection.PARTIAL if closed in hops else Connection.REACHABLE, tuple(hops))
    blockers = (NetworkBlocker("FN_NACL_EGRESS", "acl-0b", closed.because, {"acl": "acl-0b", "rule": "90"}),)
    verdict = Connection.PARTIAL if shut else Connection.REACHABLE
    return Reach(verdict, Path.ENDPOINT, blockers if shut else (), (), traces, name.component, "vpce-0a12")


def an_access(function: Function, text: Text, **changes: Any) -> Access:
    fields: dict[str, Any] = {
        "function": function,
        "secret": a_secret(text),
        "wanted": Wanted(text("prod/checkout/db"), WantedFrom.VARIABLE, text("DB_SECRET_ARN"), Basis.VERIFIED),
        "role": Unknown("not needed here"),
        "read": allowed(text),
        "decrypt": allowed(text, sid=None),
        "key_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd",
        "reach": reached(text),
        "verdict": Verdict.READABLE,
        "blockers": (),
        "unknowns": (),
        "needs": (),
        "basis": {"read": Basis.VERIFIED, "network": Basis.VERIFIED},
    }
    return Access(**(fields | changes))


def a_subject(function: Function, verdict: Verdict, *accesses: Access, text: Text = plain, **changes: Any) -> Subject:
    return Subject(function, verdict, text("1 environment variable"), True, accesses, None, **changes)


def a_fix(text: Text) -> Fix:
    statement = {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd",
        "Condition": {"StringEquals": {"kms:ViaService": text("secretsmanager.eu-west-1.amazonaws.com")}},
    }
    names = {"RoleName": text("checkout-exec"), "PolicyName": "checkout-db-decrypt"}
    put = Step("iam", "PutRolePolicy", {**names, "PolicyDocument": {"Version": "2012-10-17", "Statement": statement}})
    return Fix(
        "adds one inline policy, replaces nothing",
        (put,),
        (Step("iam", "DeleteRolePolicy", names),),
        turns="readable",
        notes=(text("stack checkout-prod owns the role: change it there too, or it reverts"),),
    )


def an_edit(text: Text) -> Fix:
    names = {"KeyId": text("1234abcd"), "PolicyName": "default"}
    edit = Edit("kms", "GetKeyPolicy", names, "Policy", "Policy", add={"Sid": text("a"), "Effect": "Allow"}, file="key")
    return Fix("adds one statement to the key policy", (Step("kms", "PutKeyPolicy", names, REGION, edit=edit),))


def a_finding(rule: Rule, function: Function, text: Text, message: str, **changes: Any) -> Finding:
    return Finding(rule, function.qualified_arn, text("arn:aws:kms:key"), text(message), (text("a reason"),), **changes)


def a_report(*subjects: Subject, text: Text = plain, kind: str = "live", **changes: Any) -> Report:
    fields: dict[str, Any] = {
        "tool": "smsl 0.1.0",
        "source": Source(kind, ACCOUNT, REGION, 25, 1.94),
        "taken_at": TAKEN,
        "subjects": subjects,
        "findings": (),
        "rules": (DENIED, PARTIAL, UNSUFFIXED),
        "assumptions": (
            Assumption(
                text("SCPs and RCPs not visible: assumed not to deny"),
                "organizations:ListPolicies",
                "AccessDenied",
                "organizations:ListPolicies",
            ),
        ),
    }
    return Report(**(fields | changes))


BLOCKED = "role checkout-exec allows it only via us-east-1"


def readable(text: Text = plain) -> Report:
    function = a_function("checkout", text)
    note = a_finding(UNSUFFIXED, function, text, "prod/checkout/db never rotates")
    return a_report(a_subject(function, Verdict.READABLE, an_access(function, text)), text=text, findings=(note,))


def blocked(text: Text = plain) -> Report:
    function = a_function("checkout", text)
    blocker = Blocker("kms:identity_policy", text(BLOCKED), text("checkout-exec"), "via-service")
    access = an_access(function, text, decrypt=denied(text), verdict=Verdict.BLOCKED, blockers=(blocker,))
    findings = (
        a_finding(DENIED, function, text, BLOCKED, fix=a_fix(text), secret=text("prod/checkout/db")),
        a_finding(UNSUFFIXED, function, text, "prod/checkout/db never rotates", fix=an_edit(text)),
    )
    subject = a_subject(function, Verdict.BLOCKED, access, text=text, served_elsewhere=(text("beta"),))
    return a_report(subject, text=text, findings=findings)


def twice_blocked(text: Text = plain) -> Report:
    function = a_function("checkout", text, None)
    blockers = (
        Blocker("security_group", text("sg-1 has no egress to 443"), "sg-1", "FN_SG_EGRESS"),
        Blocker("kms:identity_policy", text(BLOCKED), text("checkout-exec")),
    )
    access = an_access(
        function,
        text,
        decrypt=denied(text),
        reach=reached(text, Connection.UNREACHABLE),
        verdict=Verdict.BLOCKED,
        blockers=blockers,
    )
    other = an_access(function, text, wanted=Wanted("other", WantedFrom.OPTION, "--secret", Basis.INFERRED))
    return a_report(
        a_subject(function, Verdict.BLOCKED, access, other, text=text),
        text=text,
        kind="capture",
        findings=(a_finding(DENIED, function, text, BLOCKED, fix=an_edit(text)),),
    )


def intermittent(text: Text = plain) -> Report:
    function = a_function("tracking", text)
    reach = reached(text, Connection.PARTIAL)
    access = an_access(function, text, reach=reach, verdict=Verdict.INTERMITTENT)
    finding = a_finding(PARTIAL, function, text, "subnet-0b cannot reach it")
    return a_report(a_subject(function, Verdict.INTERMITTENT, access, text=text), text=text, findings=(finding,))


def one_way_shut(text: Text = plain) -> Report:
    function = a_function("parcels", text)
    message = text("acl-0b denies TCP 443 out of the function's subnet (rule 90)")
    blocker = Blocker("network_acl", message, "acl-0b", "FN_NACL_EGRESS")
    reach = two_zones(text, shut=True)
    access = an_access(function, text, reach=reach, verdict=Verdict.INTERMITTENT, blockers=(blocker,))
    finding = a_finding(PARTIAL, function, text, f"parcels reaches it now and then: {message}")
    return a_report(a_subject(function, Verdict.INTERMITTENT, access, text=text), text=text, findings=(finding,))


def led_past(text: Text = plain) -> Report:
    """The name leads to public addresses, past an endpoint: the route that stops it is not the cause."""
    function = a_function("pricing", text)
    hops = (
        Hop("secretsmanager.eu-west-1.amazonaws.com", "dns", True, "resolves to the service's public addresses"),
        Hop("rtb-0c", "route", False, "No route."),
    )
    traces = {name: Trace(Connection.UNREACHABLE, hops) for name in function.subnets}
    faults = (NetworkBlocker("EP_PRIVATE_DNS_OFF", "vpce-0d", "Off."), NetworkBlocker("RT_NO_ROUTE", "rtb-0c", "No."))
    blocker = Blocker("dns", text("vpce-0d has private DNS off"), "vpce-0d", "EP_PRIVATE_DNS_OFF")
    reach = Reach(Connection.UNREACHABLE, Path.NONE, faults, (), traces, hops[0].component)
    access = an_access(function, text, reach=reach, verdict=Verdict.BLOCKED, blockers=(blocker,))
    twin = an_access(function, text, reach=reach, verdict=Verdict.BLOCKED, blockers=(blocker,))
    return a_report(a_subject(function, Verdict.BLOCKED, access, twin, text=text), text=text)


def traced(text: Text = plain) -> Report:
    """A path that works, by either interface of an endpoint, and one that works by IPv4 only."""
    function = a_function("checkout", text)
    access = an_access(function, text, reach=two_zones(text, shut=False))
    dead = Hop("eigw-0e", "gateway", False, text("is not attached"))
    slow = Trace(
        Connection.REACHABLE,
        (
            Hop("rtb-0c", "route", True, "to nat-0f"),
            Hop("nat-0f", "nat", True, "available in subnet-0n"),
            Hop("rtb-0c", "route", True, "to eigw-0e"),
            dead,
        ),
    )
    reach = Reach(Connection.REACHABLE, Path.NAT, (), (), {"subnet-0a": slow}, "secretsmanager.eu-west-1.amazonaws.com")
    other = an_access(function, text, reach=reach)
    return a_report(a_subject(function, Verdict.READABLE, access, other, text=text), text=text)


def undecided(text: Text = plain) -> Report:
    function = a_function("payroll", text)
    decision = Decision(Result.UNKNOWN, {Layer.RESOURCE: Effect.UNKNOWN}, (), (), ("kms:GetKeyPolicy",))
    access = an_access(
        function,
        text,
        decrypt=decision,
        reach=None,
        verdict=Verdict.UNKNOWN,
        unknowns=(text("the key policy was not read"),),
        needs=("kms:GetKeyPolicy",),
    )
    gap = Gap(f"kms:GetKeyPolicy {text('1234abcd')}", text("AccessDenied"), "kms:GetKeyPolicy")
    return a_report(a_subject(function, Verdict.UNKNOWN, access, text=text), text=text, gaps=(gap,))


def unnamed(text: Text = plain) -> Report:
    function = a_function("thumbnails", text, None)
    names = (text("prod/thumbs/*"), text("prod/cdn"))
    return a_report(a_subject(function, Verdict.NO_SECRET_NAMED, text=text, readable=names), text=text)


def many(text: Text = plain) -> Report:
    subjects = []
    for number in range(6):
        function = a_function(f"fine-{number}", text, None)
        subjects.append(a_subject(function, Verdict.READABLE, an_access(function, text), text=text))
    worst = blocked(text)
    return a_report(*subjects, *worst.subjects, *unnamed(text).subjects, text=text, findings=worst.findings)


def silenced(text: Text = plain) -> Report:
    """One finding of two is silenced; of the other suppressions none silences anything, each for another reason."""
    report = blocked(text)
    grave, low = report.findings
    origin = Origin(text("smsl.toml"), "", 3)
    inside = Origin(text("template.yaml"), text("Checkout"), 12)
    agreed = Suppression(
        ("decrypt-denied",), text("Agreed until the move"), SuppressionKind.CONFIGURATION, origin, date(2027, 1, 31),
        function=text("check*"),
    )  # fmt: skip
    inline = Suppression(("*",), text("a sandbox"), SuppressionKind.INLINE, inside)
    metadata = replace(inline, kind=SuppressionKind.METADATA, rules=("path-partial", "rotation-off"))
    return replace(
        report,
        findings=(replace(grave, suppressed=agreed.reason, suppressed_by=agreed.kind), low),
        suppressions=(
            Applied(agreed, Standing.IN_FORCE, 1, False),
            Applied(replace(agreed, until=date(2026, 8, 31), function=""), Standing.EXPIRED, 0, False),
            Applied(inline, Standing.IGNORED, 0, True),
            Applied(metadata, Standing.UNTRUSTED, 0, True),
            Applied(replace(inline, rules=("rotation-overdue",)), Standing.IN_FORCE),
            Applied(replace(agreed, variable=text("DB_*")), Standing.IN_FORCE, 0, False),
        ),
        since=text("main"),
    )


def compared(text: Text = plain) -> Report:
    """Beside a baseline that knows all but a finding of a preview rule, and has an entry that is found no more."""
    report, dark = silenced(text), undecided(text)
    known = tuple(
        replace(each, suppressed="known from the baseline", suppressed_by=SuppressionKind.BASELINE)
        for each in report.findings
    )
    preview = replace(report.findings[0], rule=replace(PARTIAL, preview=True), suppressed=None, suppressed_by=None)
    together = replace(report, subjects=(*report.subjects, *dark.subjects), findings=(*known, preview), gaps=dark.gaps)
    unknowns = frozenset(named_unknowns(together))
    told = Compared(text("smsl-baseline.json"), 2, 1, unknowns, frozenset(dark.gaps), 1)
    return replace(together, suppressions=(), since=None, compared=told)


REPORTS: dict[str, Callable[[Text], Report]] = {
    each.__name__: each
    for each in (
        readable,
        blocked,
        twice_blocked,
        intermittent,
        one_way_shut,
        led_past,
        traced,
        undecided,
        unnamed,
        many,
        silenced,
        compared,
    )
} | {"nothing": lambda text: a_report(text=text)}


@pytest.fixture(scope="session")
def reports() -> dict[str, Callable[[Text], Report]]:
    """By name: a maker of a report, all of whose texts from outside pass through its argument."""
    return REPORTS
