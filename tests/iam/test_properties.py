"""What always holds, whatever the policies."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.iam.evaluate import evaluate
from smsl.iam.match import compile_wildcards, covers, literal, overlaps
from smsl.iam.request import ContextValue, Document, Policies, Request
from smsl.model.decision import Decision, Result
from smsl.model.policy import Policy, parse_policy
from smsl.model.unknown import Answer, Unknown

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/f"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:"
KEYS = ("aws:X", "aws:Y")
VALUES = ("a", "b", "ab", "*", "a*")
RUN = settings(deadline=None, max_examples=150)

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
    resources = st.sampled_from(["*", f"{SECRET}a*", f"{SECRET}ab", f"{SECRET}${{aws:X}}b", f"{SECRET}?b*"])
    return st.builds(
        lambda effect, action, resource, negated, condition, principal: {
            "Effect": effect,
            "Action": action,
            "NotResource" if negated else "Resource": resource,
            "Condition": condition,
            "Principal": principal,
        },
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.sampled_from(["*", "kms:*", "secretsmanager:*", "secretsmanager:GetSecretValue"]),
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
    )


known = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES))
requests = st.builds(
    lambda resource, account, context: Request(
        SESSION, "secretsmanager:GetSecretValue", resource, account, {"aws:PrincipalArn": ROLE, **context}
    ),
    st.sampled_from([f"{SECRET}ab", f"{SECRET}a*", f"{SECRET}bb", f"{SECRET}?b"]),
    st.sampled_from([None, OTHER]),
    known,
)


def order(answer: Answer) -> int:
    return [Answer.NO, Answer.UNKNOWN, Answer.YES].index(answer)


def is_kept(before: Decision, after: Decision) -> bool:
    return before.answer is Answer.UNKNOWN or before.answer is after.answer


@RUN
@given(requests, policies(), documents())
def test_a_deny_more_never_allows(request: Request, given_: Policies, more: Policy) -> None:
    denials = tuple(replace(each, effect="Deny") for each in more.statements)
    widened = replace(given_, identity=(*given_.identity, replace(more, statements=denials)))

    assert order(evaluate(request, widened).answer) <= order(evaluate(request, given_).answer)


@RUN
@given(requests, policies(), documents())
def test_an_allow_less_never_allows(request: Request, given_: Policies, more: Policy) -> None:
    allows = tuple(replace(each, effect="Allow") for each in more.statements)
    widened = replace(given_, identity=(*given_.identity, replace(more, statements=allows)))

    assert order(evaluate(request, given_).answer) <= order(evaluate(request, widened).answer)


@RUN
@given(requests, policies())
def test_order_does_not_matter(request: Request, given_: Policies) -> None:
    def turned(document: Document | None) -> Policy:
        assert isinstance(document, Policy)
        return replace(document, statements=document.statements[::-1])

    reversed_ = replace(
        given_,
        identity=tuple(turned(each) for each in given_.identity[::-1]),
        resource=given_.resource and turned(given_.resource),
        scps=tuple(tuple(turned(each) for each in level[::-1]) for level in given_.scps[::-1]),
    )

    assert evaluate(request, given_).result is evaluate(request, reversed_).result


completions: st.SearchStrategy[ContextValue | None] = st.none() | st.sampled_from([*VALUES, "c", "true", "AB", ""])
lists: st.SearchStrategy[ContextValue | None] = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(tuple)


def completed(request: Request, values: dict[str, ContextValue | None]) -> Request:
    held = {key: value for key, value in values.items() if value is not None}
    return replace(request, context={"aws:PrincipalArn": ROLE, **held})


def forgetting(request: Request, keys: list[str]) -> Request:
    return replace(request, context={**request.context, **{key: Unknown("", (key,)) for key in keys}})


@settings(deadline=None, max_examples=400)
@given(requests, policies(), st.sets(st.sampled_from(KEYS), min_size=1), st.data())
def test_a_verdict_holds_under_every_completion(
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


@settings(deadline=None, max_examples=300)
@given(requests, policies(set_operators), st.data())
def test_a_verdict_holds_under_every_list(request: Request, given_: Policies, data: st.DataObject) -> None:
    decision = evaluate(forgetting(request, list(KEYS)), given_)
    values = {key: data.draw(completions | lists) for key in KEYS}

    assert is_kept(decision, evaluate(completed(request, values), given_))


@RUN
@given(requests, policies(), documents(), st.sampled_from(["identity", "resource", "boundary", "session", "scp"]))
def test_a_document_unread_never_turns_no_into_yes(
    request: Request, given_: Policies, document: Policy, place: str
) -> None:
    def put(each: Document) -> Policies:
        match place:
            case "identity":
                return replace(given_, identity=(*given_.identity, each))
            case "resource":
                return replace(given_, resource=each)
            case "boundary":
                return replace(given_, boundaries=(each,))
            case "session":
                return replace(given_, session=each)
            case _:
                return replace(given_, scps=(*given_.scps, (each,)))

    unread = evaluate(request, put(Unknown("refused", ("iam:GetPolicy",))))

    assert is_kept(unread, evaluate(request, put(document)))


@settings(deadline=None, max_examples=300)
@given(requests, policies(), st.text("abc*?", max_size=4), st.text("abc", max_size=3))
def test_a_pattern_speaks_for_what_it_stands_for(request: Request, given_: Policies, pattern: str, drawn: str) -> None:
    for_all = evaluate(replace(request, resource=SECRET + pattern), given_)
    one = pattern.replace("*", drawn).replace("?", "a")

    assert is_kept(for_all, evaluate(replace(request, resource=SECRET + one), given_))


def regex(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern), re.DOTALL)


@RUN
@given(st.text("ab.*?", max_size=8), st.text("ab.", max_size=8))
def test_wildcards_match_as_a_regular_expression_would(pattern: str, text: str) -> None:
    matched = regex(pattern).fullmatch(text) is not None

    assert matched is covers(compile_wildcards(pattern), literal(text))
    assert matched is overlaps(compile_wildcards(pattern), literal(text))


@settings(deadline=None, max_examples=400)
@given(st.text("ab*?", max_size=6), st.text("ab*?", max_size=6), st.lists(st.text("abc", max_size=3), min_size=6))
def test_patterns_cover_and_overlap(wide: str, narrow: str, fill: list[str]) -> None:
    filled = iter(fill)
    text = "".join(next(filled, "") if each == "*" else "c" if each == "?" else each for each in narrow)
    matched = regex(wide).fullmatch(text) is not None

    assert matched or not covers(compile_wildcards(wide), compile_wildcards(narrow))
    assert not matched or overlaps(compile_wildcards(wide), compile_wildcards(narrow))
    assert overlaps(compile_wildcards(wide), compile_wildcards(narrow)) is overlaps(
        compile_wildcards(narrow), compile_wildcards(wide)
    )
