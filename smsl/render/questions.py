"""One access as rows of a plain text report: network, secret, read and decrypt, each with what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.decision import Because, Decision, Effect, Layer, NearMiss
from smsl.model.evidence import Access, Blocker
from smsl.model.origin import Basis
from smsl.model.reach import Path, Reach
from smsl.model.reach import Verdict as Connection
from smsl.model.snapshot import Absent, Role, Secret
from smsl.model.unknown import Answer, Unknown
from smsl.render.drawing import path_lines
from smsl.render.page import counted, listed, rows, wrapped

FUNCTION, NETWORK, SECRET, READ, DECRYPT = "function", "network", "secret", "GetSecretValue", "kms:Decrypt"
_QUESTION = {
    **dict.fromkeys(("function_state", "extension", "role_trust", "region"), FUNCTION),
    **dict.fromkeys(("dns", "endpoint_state", "route", "security_group", "network_acl"), NETWORK),
    "secret_state": SECRET,
}
_OK, _BLOCKED, _PARTIAL, _UNKNOWN = "ok", "BLOCKED", "partial", "unknown"
_ANSWERS = {Answer.YES: _OK, Answer.NO: _BLOCKED, Answer.UNKNOWN: _UNKNOWN}
_CONNECTIONS = {
    Connection.REACHABLE: _OK,
    Connection.UNREACHABLE: _BLOCKED,
    Connection.PARTIAL: _PARTIAL,
    Connection.UNKNOWN: _UNKNOWN,
}
_PATHS = {
    Path.ENDPOINT: "VPC endpoint",
    Path.NAT: "NAT",
    Path.IPV6: "IPv6 egress",
    Path.TGW: "transit gateway",
    Path.NONE: "no path",
}
_BASES = {FUNCTION: "function", NETWORK: "network", SECRET: "secret", READ: "read", DECRYPT: "decrypt"}
_DEEP = " " * 6


def question_of(layer: str) -> str:
    """Return the row to which a blocking layer belongs."""
    if layer.startswith(("kms:", "kms_", "key_")):
        return DECRYPT
    return _QUESTION.get(layer, READ)


def secret_name(access: Access) -> str:
    """Return the secret's name, or the text that names it where no such secret was read."""
    return access.secret.name if isinstance(access.secret, Secret) else access.wanted.text


def access_lines(access: Access, headline: str, width: int, *, path: bool = False, drawn: bool = False) -> list[str]:
    """Return the rows of one access, each blocked one followed by what is nearest to letting it pass.

    A blocker of which the `headline` speaks is not described again.

    Args:
        access: What was asked and answered.
        headline: What the report's first lines say.
        width: Columns.
        path: Whether a network path that works is drawn too.
        drawn: Whether the network path stands further up in the report already.
    """
    blockers: dict[str, list[Blocker]] = {}
    for blocker in access.blockers:
        blockers.setdefault(question_of(blocker.layer), []).append(blocker)
    cells = [
        (question, *_settled(question, answer, text, access, blockers.get(question, []), headline))
        for question, answer, text in _answers(access)
        if text or question in blockers
    ]
    lines: list[str] = []
    labels = max((len(cell[0]) for cell in cells), default=0)
    words = max((len(cell[1]) for cell in cells), default=0)
    for question, answer, text in cells:
        lines += rows([(question.ljust(labels), answer.ljust(words), text)], width)
        if question == NETWORK and (path or answer != _OK):
            lines += _seconds(access, blockers.get(question, []), width)
            lines += wrapped("its path is drawn above", width, _DEEP) if drawn else path_lines(access, width, full=path)
        elif answer != _OK:
            lines += _details(question, access, blockers.get(question, []), width)
    if len(access.blocked_by) > 1:
        count, layers = counted(len(access.blocked_by), "edit"), listed(access.blocked_by, limit=8)
        lines += wrapped(f"It takes {count}, one for each layer that blocks: {layers}.", width, "  ")
    return lines


def _answers(access: Access) -> Iterator[tuple[str, str, str]]:
    """Yield question, answer and what it stands on; an empty text where the question does not arise."""
    yield FUNCTION, _OK, ""
    yield NETWORK, *_network(access.reach)
    yield SECRET, *_secret(access)
    yield READ, *_decision(access.read)
    if access.decrypt is None and access.key_arn is None and isinstance(access.secret, Secret):
        yield DECRYPT, _OK, "not needed: the account's own AWS-managed key"
    else:
        yield DECRYPT, *_decision(access.decrypt)


def _settled(
    question: str, answer: str, text: str, access: Access, blockers: list[Blocker], headline: str
) -> tuple[str, str]:
    """Let the blockers, on which the verdict stands, decide the word of a row."""
    if not blockers:
        basis = access.basis.get(_BASES[question], Basis.VERIFIED)
        return answer, f"{text} (not visible: assumed)" if answer == _OK and basis is Basis.NOT_VISIBLE else text
    word = _PARTIAL if answer == _PARTIAL else _BLOCKED
    message = blockers[0].message
    if len(access.blocked_by) > 1:
        return word, f"[{access.blocked_by.index(blockers[0].layer) + 1}] {message}"
    only = "the only blocker" if headline.endswith(message) else f"the only blocker: {message}"
    return word, f"{text}; {only}" if answer == _PARTIAL else only


def _network(reach: Reach | None) -> tuple[str, str]:
    if reach is None:
        return _OK, "not in a VPC: nothing in between"
    passed = sum(trace.verdict is Connection.REACHABLE for trace in reach.per_subnet.values())
    partly = sum(trace.verdict is Connection.PARTIAL for trace in reach.per_subnet.values())
    some = f", {partly} in part" if partly else ""
    text = f"{passed} of {counted(len(reach.per_subnet), 'subnet')}{some} -> {_way(reach)}"
    if reach.verdict is Connection.UNKNOWN:
        reasons = [each.reason for each in reach.missing] or [each.message.rstrip(".") for each in reach.blockers]
        text = listed(reasons) or text
    return _CONNECTIONS[reach.verdict], text


def _way(reach: Reach) -> str:
    """Return where a path leads, and how the name gets there."""
    hops = [hop for trace in reach.per_subnet.values() for hop in trace.hops if hop.passed]
    if reach.endpoint is not None:
        names = [hop.component for hop in hops if hop.kind == "dns"]
        by = ["private DNS" if names[0] == reach.name else f"hosted zone {names[0]}"] if names else []
        return f"{reach.endpoint} ({', '.join([*by, 'port 443'])})"
    gateways = listed((hop.component for hop in hops if hop.kind == "nat"), limit=2)
    return f"{gateways or _PATHS[reach.path]} (port 443)"


def _secret(access: Access) -> tuple[str, str]:
    match access.secret:
        case Secret() as secret:
            if secret.assumed:
                return _OK, "declared elsewhere"
            key = f"encrypted with {_key(secret)}"
            if isinstance(secret.current, Unknown):
                return _OK, f"exists, versions not read, {key}"
            return _OK, f"{'no' if secret.current is None else 'has'} AWSCURRENT, {key}"
        case Absent():
            return _BLOCKED, f"no such secret in {access.function.region}"
        case Unknown(reason=reason):
            return _UNKNOWN, reason


def _key(secret: Secret) -> str:
    name = (secret.key or "aws/secretsmanager").rpartition(":")[2]
    return name if "/" in name and not name.startswith("key/") else f"key {name.removeprefix('key/')}"


def _decision(decision: Decision | None) -> tuple[str, str]:
    if decision is None:
        return _OK, ""
    answer = decision.answer
    if answer is Answer.YES:
        # The role's own statement says most; the others (an endpoint's policy, the key's) let it pass.
        allowed = sorted(decision.because, key=lambda each: each.layer is not Layer.PRINCIPAL)
        return _OK, next((_statement(each) for each in allowed if each.effect == "Allow"), "allowed")
    if answer is Answer.UNKNOWN:
        return _UNKNOWN, f"hangs on {listed(decision.needs)}" if decision.needs else "cannot tell"
    return _BLOCKED, "no statement allows it"


def _statement(part: Because | NearMiss) -> str:
    return f"{part.policy}, {f'Sid {part.sid}' if part.sid else f'statement {part.statement + 1}'}"


def _seconds(access: Access, blockers: list[Blocker], width: int) -> list[str]:
    """Return the blockers of a row after its first, each with its place among the layers that block."""
    lines: list[str] = []
    for layer, message in dict.fromkeys((each.layer, each.message) for each in blockers[1:]):
        place = f"[{access.blocked_by.index(layer) + 1}]" if len(access.blocked_by) > 1 else "and"
        lines += wrapped(f"{place} {message}", width, _DEEP)
    return lines


def _details(question: str, access: Access, blockers: list[Blocker], width: int) -> list[str]:
    lines = _seconds(access, blockers, width)
    decision = {READ: access.read, DECRYPT: access.decrypt}.get(question)
    if decision is None or decision.answer is Answer.YES:
        return lines
    denials = [_statement(each) for each in decision.because if each.effect == "Deny"]
    for denial in denials:
        lines += wrapped(f"explicitly denied by {denial}", width, _DEEP)
    for miss in _nearest(decision, denied=bool(denials)):
        lines += _near_miss(miss, access, width)
    if question == DECRYPT and blockers and decision.delegates is not None:
        lines += wrapped(_delegation(decision.delegates), width, _DEEP)
    return lines


def _delegation(delegates: bool) -> str:
    if delegates:
        return "the key policy delegates to IAM, so a statement of the role is enough"
    return "the key policy does not delegate to IAM: no statement of the role can help alone"


def _nearest(decision: Decision, *, denied: bool) -> list[NearMiss]:
    """Return the nearest statement of each layer that withholds its Allow; where none does, the nearest of all."""
    withholding = (Effect.IMPLICIT_DENY,) if denied else (Effect.IMPLICIT_DENY, Effect.UNKNOWN)
    first: dict[Layer, NearMiss] = {}
    for miss in decision.near_misses:
        if decision.layers.get(miss.layer) in withholding:
            first.setdefault(miss.layer, miss)
    return list(first.values()) or ([] if denied else list(decision.near_misses[:1]))


def _near_miss(miss: NearMiss, access: Access, width: int) -> list[str]:
    # "Condition kms:ViaService StringEquals" is read as its key; the other elements have one word.
    element = miss.element.removeprefix("Condition ").split(" ")[0]
    lines = wrapped(f"nearest statement: {_statement(miss)}", width, _DEEP)
    # A policy names the role, not the session that the function's calls come from.
    actual = access.role.arn if element == "Principal" and isinstance(access.role, Role) else miss.actual
    table = [(element, "has", miss.wanted), ("", "needs", actual or "nothing: the request has no such value")]
    return lines + rows(table, width, _DEEP + "  ")
