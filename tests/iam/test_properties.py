"""What always holds, whatever the policies."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.iam.evaluate import evaluate
from smsl.iam.match import compile_wildcards, covers, literal, overlaps
from smsl.iam.request import ContextValue, Document, Policies, Request
from smsl.model.decision import Decision, Result
from smsl.model.policy import Grant, Policy, parse_policy
from smsl.model.unknown import Answer, Unknown

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/f"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/"
CONTEXT = "kms:EncryptionContext:S"
KEYS = ("aws:X", "aws:Y", CONTEXT)
VALUES = ("a", "b", "ab", "*", "a*")
LONG = 2000
"""Examples of each property in the verification run, at least."""


@dataclass(frozen=True)
class Property:
    """What holds, for whatever the strategies draw."""

    body: Callable[..., None]
    strategies: tuple[st.SearchStrategy[Any], ...]
    examples: int
    """In the normal run."""

    def hold(self, examples: int) -> None:
        settings(deadline=None, max_examples=examples)(given(*self.strategies)(self.body))()


PROPERTIES: dict[str, Property] = {}


def holds(*strategies: st.SearchStrategy[Any], examples: int = 50) -> Callable[[Callable[..., None]], None]:
    def keep(body: Callable[..., None]) -> None:
        PROPERTIES[body.__name__] = Property(body, strategies, examples)

    return keep


operators = st.sampled_from(
    ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "Null"]
)
set_operators = st.sampled_from(
    [f"{quantifier}:String{rest}" for quantifier in ("ForAllValues", "ForAnyValue") for rest in ("Equals", "NotLike")]
)


def conditions(operator: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, object]]:
    values = st.lists(st.sampled_from([*VALUES, "true", "false", "${aws:Y}"]), min_size=1, max_size=2)
    return st.dictionaries(operator, st.dictionaries(st.sampled_from(KEYS), values, max_size=2), max_size=2)


def statements(operator: st.SearchStrategy[str] = operators) -> st.SearchStrategy[dict[str, object]]:
    resources = st.sampled_from(
        ["*", f"{KEY}a*", f"{KEY}${{aws:X}}b", f"{SECRET}a*", f"{SECRET}ab", f"{SECRET}${{aws:X}}b", f"{SECRET}?b*"]
    )
    return st.builds(
        lambda effect, action, resource, negated, condition, principal: {
            "Effect": effect,
            "Action": action,
            "NotResource" if negated else "Resource": resource,
            "Condition": condition,
            "Principal": principal,
        },
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.sampled_from(["*", "kms:*", "kms:Decrypt", "secretsmanager:*", "secretsmanager:GetSecretValue"]),
        st.lists(resources, min_size=1, max_size=2),
        st.booleans(),
        conditions(operator),
        st.sampled_from(["*", {"AWS": ROLE}, {"AWS": SESSION}, {"AWS": ACCOUNT}, {"AWS": OTHER}]),
    )


def documents(operator: st.SearchStrategy[str] = operators) -> st.SearchStrategy[Policy]:
    return st.lists(statements(operator), max_size=3).map(
        lambda written: parse_policy("p", {"Version": "2012-10-17", "Statement": written})
    )


FULL = parse_policy("full", {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}})


pairs = st.none() | st.dictionaries(st.sampled_from("S"), st.sampled_from(VALUES)).map(lambda held: (*held.items(),))
grants = st.builds(
    Grant,
    grant_id=st.just("g"),
    grantee=st.sampled_from([ROLE, SESSION, f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{OTHER}:root"]),
    operations=st.sampled_from([("Decrypt",), ("Encrypt",), ("Decrypt", "DescribeKey")]),
    encryption_context_equals=pairs,
    encryption_context_subset=pairs,
)


def policies(operator: st.SearchStrategy[str] = operators) -> st.SearchStrategy[Policies]:
    document = st.just(FULL) | documents(operator)
    return st.builds(
        Policies,
        identity=st.lists(document, max_size=2).map(tuple),
        resource=st.none() | document,
        boundaries=st.lists(document, max_size=1).map(tuple),
        session=st.none() | document,
        scps=st.lists(st.lists(document, max_size=2).map(tuple), max_size=2).map(tuple),
        rcps=st.lists(st.lists(document, max_size=1).map(tuple), max_size=1).map(tuple),
        vpc_endpoint=st.none() | document,
        grants=st.lists(grants, max_size=2).map(tuple),
        key_manager=st.sampled_from([None, "AWS", "CUSTOMER"]),
    )


known = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES))
asked = st.sampled_from([("secretsmanager:GetSecretValue", SECRET), ("kms:Decrypt", KEY)])
requests = st.builds(
    lambda what, name, account, context: Request(
        SESSION, what[0], what[1] + name, account, {"aws:PrincipalArn": ROLE, **context}
    ),
    asked,
    st.sampled_from(["ab", "a*", "bb", "?b"]),
    st.sampled_from([None, OTHER]),
    known,
)
places = st.sampled_from(["identity", "resource", "boundary", "session", "scp", "rcp", "endpoint"])


def documents_of(given_: Policies) -> dict[str, tuple[tuple[Document, ...], ...]]:
    """All documents as levels, by place."""

    def single(document: Document | None) -> tuple[tuple[Document, ...], ...]:
        return () if document is None else ((document,),)

    return {
        "identity": (given_.identity,),
        "resource": single(given_.resource),
        "boundary": (given_.boundaries,),
        "session": single(given_.session),
        "scp": given_.scps,
        "rcp": given_.rcps,
        "endpoint": single(given_.vpc_endpoint),
    }


def with_documents(given_: Policies, place: str, levels: tuple[tuple[Document, ...], ...]) -> Policies:
    match place:
        case "identity":
            return replace(given_, identity=levels[0])
        case "resource":
            return replace(given_, resource=levels[0][0])
        case "boundary":
            return replace(given_, boundaries=levels[0])
        case "session":
            return replace(given_, session=levels[0][0])
        case "scp":
            return replace(given_, scps=levels)
        case "rcp":
            return replace(given_, rcps=levels)
        case _:
            return replace(given_, vpc_endpoint=levels[0][0])


def changed(given_: Policies, place: str, change: Callable[[Policy], Policy]) -> Policies:
    """The policies with every document of a place changed."""

    def each(document: Document) -> Document:
        assert isinstance(document, Policy)
        return change(document)

    levels = documents_of(given_)[place]
    return with_documents(given_, place, tuple(tuple(map(each, level)) for level in levels)) if levels else given_


def order(answer: Answer) -> int:
    return [Answer.NO, Answer.UNKNOWN, Answer.YES].index(answer)


def is_kept(before: Decision, after: Decision) -> bool:
    return before.answer is Answer.UNKNOWN or before.answer is after.answer


@holds(requests, policies(), documents(), places)
def a_deny_more_never_allows(request: Request, given_: Policies, more: Policy, place: str) -> None:
    denials = tuple(replace(each, effect="Deny") for each in more.statements)
    denying = changed(given_, place, lambda each: replace(each, statements=(*each.statements, *denials)))
    beside = replace(given_, identity=(*given_.identity, replace(more, statements=denials)))
    before = order(evaluate(request, given_).answer)

    assert order(evaluate(request, denying).answer) <= before
    assert order(evaluate(request, beside).answer) <= before


@holds(requests, policies(), places, st.integers(0, 2))
def an_allow_less_never_allows(request: Request, given_: Policies, place: str, number: int) -> None:
    def without(policy: Policy) -> Policy:
        kept = (each for i, each in enumerate(policy.statements) if each.effect == "Deny" or i != number)
        return replace(policy, statements=tuple(kept))

    before = order(evaluate(request, given_).answer)

    assert order(evaluate(request, changed(given_, place, without)).answer) <= before
    assert order(evaluate(request, replace(given_, grants=())).answer) <= before


@holds(requests, policies())
def order_does_not_matter(request: Request, given_: Policies) -> None:
    turned = given_
    for place in documents_of(given_):
        turned = changed(turned, place, lambda policy: replace(policy, statements=policy.statements[::-1]))
    assert isinstance(turned.grants, tuple)
    turned = replace(
        turned,
        identity=turned.identity[::-1],
        boundaries=turned.boundaries[::-1],
        scps=tuple(level[::-1] for level in turned.scps[::-1]),
        rcps=turned.rcps[::-1],
        grants=turned.grants[::-1],
    )

    assert evaluate(request, given_).result is evaluate(request, turned).result


completions: st.SearchStrategy[ContextValue | None] = st.none() | st.sampled_from([*VALUES, "c", "true", "AB", ""])
lists: st.SearchStrategy[ContextValue | None] = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(tuple)


def completed(request: Request, values: dict[str, ContextValue | None]) -> Request:
    held = {key: value for key, value in values.items() if value is not None}
    return replace(request, context={"aws:PrincipalArn": ROLE, **held})


def forgetting(request: Request, keys: list[str]) -> Request:
    return replace(request, context={**request.context, **{key: Unknown("", (key,)) for key in keys}})


@holds(requests, policies(), st.sets(st.sampled_from(KEYS), min_size=1), st.data(), examples=100)
def a_verdict_holds_under_every_completion(
    request: Request, given_: Policies, keys: set[str], data: st.DataObject
) -> None:
    partial = forgetting(request, sorted(keys))
    decision = evaluate(partial, given_)
    values = {key: data.draw(completions) if key in keys else request.context.get(key) for key in KEYS}

    whole = evaluate(completed(request, values), given_)

    assert is_kept(decision, whole)
    if decision.result is Result.EXPLICITLY_DENIED:
        assert whole.result is Result.EXPLICITLY_DENIED
    assert not decision.needs or decision.result is Result.UNKNOWN


@holds(requests, policies(), st.sets(st.sampled_from(KEYS), min_size=1))
def a_key_forgotten_never_turns_no_into_yes(request: Request, given_: Policies, keys: set[str]) -> None:
    forgotten = evaluate(forgetting(request, sorted(keys)), given_)

    assert forgotten.answer is not Answer.YES or evaluate(request, given_).answer is Answer.YES


@holds(requests, policies(set_operators), st.data(), examples=80)
def a_verdict_holds_under_every_list(request: Request, given_: Policies, data: st.DataObject) -> None:
    decision = evaluate(forgetting(request, list(KEYS)), given_)
    values = {key: data.draw(completions | lists) for key in KEYS}

    assert is_kept(decision, evaluate(completed(request, values), given_))


@holds(requests, policies(), documents(), places)
def a_document_unread_never_turns_no_into_yes(request: Request, given_: Policies, document: Policy, place: str) -> None:
    def put(each: Document) -> Policies:
        levels = documents_of(given_)[place]
        if place in ("identity", "boundary"):
            return with_documents(given_, place, ((*levels[0], each),))
        return with_documents(given_, place, (*levels, (each,)) if place in ("scp", "rcp") else ((each,),))

    unread = evaluate(request, put(Unknown("refused", ("iam:GetPolicy",))))

    assert is_kept(unread, evaluate(request, put(document)))


@holds(requests, policies(), st.text("abc*?", max_size=4), st.text("abc", max_size=3), examples=80)
def a_pattern_speaks_for_what_it_stands_for(request: Request, given_: Policies, pattern: str, drawn: str) -> None:
    base = SECRET if request.action.startswith("secretsmanager:") else KEY
    for_all = evaluate(replace(request, resource=base + pattern), given_)
    one = pattern.replace("*", drawn).replace("?", "a")

    assert is_kept(for_all, evaluate(replace(request, resource=base + one), given_))


def regex(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern), re.DOTALL)


@holds(st.text("ab.*?", max_size=8), st.text("ab.", max_size=8))
def wildcards_match_as_a_regular_expression_would(pattern: str, text: str) -> None:
    matched = regex(pattern).fullmatch(text) is not None

    assert matched is covers(compile_wildcards(pattern), literal(text))
    assert matched is overlaps(compile_wildcards(pattern), literal(text))


@holds(
    st.text("ab*?", max_size=6),
    st.text("ab*?", max_size=6),
    st.lists(st.text("abc", max_size=3), min_size=6),
    examples=200,
)
def patterns_cover_and_overlap(wide: str, narrow: str, fill: list[str]) -> None:
    filled = iter(fill)
    text = "".join(next(filled, "") if each == "*" else "c" if each == "?" else each for each in narrow)
    matched = regex(wide).fullmatch(text) is not None

    assert matched or not covers(compile_wildcards(wide), compile_wildcards(narrow))
    assert not matched or overlaps(compile_wildcards(wide), compile_wildcards(narrow))
    assert overlaps(compile_wildcards(wide), compile_wildcards(narrow)) is overlaps(
        compile_wildcards(narrow), compile_wildcards(wide)
    )


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_holds(name: str) -> None:
    PROPERTIES[name].hold(PROPERTIES[name].examples)


@pytest.mark.verify
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_holds_at_length(name: str) -> None:
    PROPERTIES[name].hold(LONG)
