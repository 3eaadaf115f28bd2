"""Policies that nobody means well: refused by name, or answered rightly, and in work that grows with what is given."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.iam.evaluate import evaluate
from smsl.iam.match import compile_wildcards, covers, literal, overlaps
from smsl.iam.request import Policies, Request
from smsl.iam.simulate import read_case, write_answer
from smsl.model.decision import Result
from smsl.model.errors import InputError
from smsl.model.policy import parse_grant, parse_policy

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/f"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:"
ALLOW = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
CASE: dict[str, object] = {
    "principal": SESSION,
    "action": "secretsmanager:GetSecretValue",
    "resource": f"{SECRET}db-AbCdEf",
    "context": {"aws:PrincipalArn": ROLE},
    "identityPolicies": [{"Version": "2012-10-17", "Statement": [ALLOW]}],
}
MARK = "Geheimnis"
"""Stands where a refusal must not quote."""


def result_of(*statements: object, name: str = "db-AbCdEf", **context: str) -> Result:
    document = parse_policy("p", {"Version": "2012-10-17", "Statement": list(statements)})
    request = Request(SESSION, "secretsmanager:GetSecretValue", SECRET + name, None, context)
    return evaluate(request, Policies(identity=(document,))).result


MALFORMED: list[object] = [
    *(None, 1, True, [], [MARK], "", MARK, "{", "[]", "null", "%7b", "%7B" + MARK, '{"Statement": []', "\x00"),
    *({}, {"Version": "2012-10-17"}, {"statement": [ALLOW]}, {MARK: 1, "Statement": [ALLOW]}),
    *({"Version": version, "Statement": [ALLOW]} for version in (MARK, None, 2012, "2012-10-18", [])),
    *({"Statement": statement} for statement in (None, MARK, 7, [None], [[ALLOW]], [MARK], {}, [{}])),
    *(
        {"Statement": {**ALLOW, **changed}}
        for changed in (
            *({"Effect": effect} for effect in ("allow", "DENY", None, MARK, ["Allow"], True)),
            *({"Sid": sid} for sid in (1, [MARK], {MARK: 1})),
            *({"Action": action} for action in (None, 1, {}, [1], [["s3:*"]], {MARK: MARK}, [None])),
            *({"Resource": resource} for resource in (None, 0, {}, [None], {MARK: []}, [["*"]])),
            *(
                {"Principal": who}
                for who in (MARK, None, [], ["*"], {MARK: "*"}, {"AWS": 1}, {"AWS": {}}, {"AWS": [1]})
            ),
            *({"Condition": how} for how in (None, MARK, [], {MARK: {}}, {"StringEquals": MARK}, {"": {"k": "v"}})),
            *({"Condition": {"StringEquals": {"k": held}}} for held in (None, {}, [None], [["a"]], {MARK: 1})),
            *(
                {"Condition": {name: {"k": "v"}}}
                for name in ("NullIfExists", "ForAll:Bool", "Bool:ForAnyValue", ":Bool")
            ),
            *({f"Not{element}": "*"} for element in ("Action", "Resource")),
            *({MARK: 1}, {"action": "*"}),
        )
    ),
    {"Statement": {"Effect": "Allow", "Resource": "*"}},
    '{"Statement": [], "Statement": []}',
    "[" * 200_000,
]


@pytest.mark.parametrize("number", range(len(MALFORMED)))
def test_a_malformed_policy_is_refused_and_not_quoted(number: int) -> None:
    with pytest.raises(InputError) as caught:
        parse_policy("p", MALFORMED[number])

    assert str(caught.value).startswith("p")
    assert MARK not in str(caught.value)


@pytest.mark.parametrize(
    "document",
    [
        *(None, [], 1, {}, {"GranteePrincipal": 1}, {"GranteePrincipal": ROLE, "GrantId": 1}),
        {"GranteePrincipal": ROLE, "Operations": [1]},
        {"GranteePrincipal": ROLE, "Operations": ["Decrypt"], "Constraints": []},
        {"GranteePrincipal": ROLE, "Operations": ["Decrypt"], "Constraints": [MARK]},
        {"GranteePrincipal": ROLE, "Operations": ["Decrypt"], "Constraints": {MARK: 1}},
        {"GranteePrincipal": ROLE, "Operations": ["Decrypt"], "Constraints": {"SourceArn": 1}},
        {"GranteePrincipal": ROLE, "Operations": ["Decrypt"], "Constraints": {"EncryptionContextEquals": {"a": 1}}},
    ],
)
def test_a_malformed_grant_is_refused_and_not_quoted(document: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_grant(document)

    assert str(caught.value).startswith("grant")
    assert MARK not in str(caught.value)


def test_an_empty_list_matches_nothing() -> None:
    assert result_of() is Result.IMPLICITLY_DENIED
    assert result_of({**ALLOW, "Action": []}) is Result.IMPLICITLY_DENIED
    assert result_of({**ALLOW, "Resource": []}) is Result.IMPLICITLY_DENIED
    assert result_of({**ALLOW, "Condition": {}}) is Result.ALLOWED
    assert result_of({**ALLOW, "Condition": {"StringEquals": {"aws:X": []}}}) is Result.IMPLICITLY_DENIED


def test_ten_thousand_statements() -> None:
    others = [{**ALLOW, "Resource": f"{SECRET}web-{i}-*"} for i in range(9_999)]

    assert result_of(*others) is Result.IMPLICITLY_DENIED
    assert result_of(*others, ALLOW) is Result.ALLOWED
    assert result_of(ALLOW, *others[1:], {**ALLOW, "Effect": "Deny"}) is Result.EXPLICITLY_DENIED


def test_a_policy_as_long_as_a_role_may_have() -> None:
    names: list[str] = []
    while len(json.dumps({**ALLOW, "Resource": names}, separators=(",", ":"))) < 6_144:
        names.append(f"{SECRET}web-{len(names)}-??????")

    assert result_of({**ALLOW, "Resource": names}) is Result.IMPLICITLY_DENIED
    assert result_of({**ALLOW, "Resource": [*names, f"{SECRET}db-??????"]}) is Result.ALLOWED
    assert result_of({**ALLOW, "Resource": SECRET + "a" * 6_000}, name="a" * 6_000) is Result.ALLOWED
    assert result_of({**ALLOW, "Resource": SECRET + "?" * 6_000}, name="a" * 5_999) is Result.IMPLICITLY_DENIED


@pytest.mark.parametrize(
    ("pattern", "text", "matched"),
    [
        ("*a" * 200 + "*b", "a" * 5_000, False),
        ("*a" * 200 + "*b", "a" * 5_000 + "b", True),
        ("*a*a*a*a*b", "a" * 20_000, False),
        ("*?" * 300, "x" * 300, True),
        ("*?" * 300, "x" * 299, False),
        ("*" * 5_000, "", True),
        ("*" * 5_000 + "b", "a" * 5_000, False),
        ("?*" * 500 + "z", "y" * 5_000, False),
        ("*ab?" * 100 + "c", "ab" * 2_000, False),
        ("(a+)+$", "a" * 5_000, False),
    ],
)
def test_a_pathological_wildcard_is_answered(pattern: str, text: str, matched: bool) -> None:
    assert covers(compile_wildcards(pattern), literal(text)) is matched
    wanted = Result.ALLOWED if matched else Result.IMPLICITLY_DENIED
    assert result_of({**ALLOW, "Condition": {"StringLike": {"x:K": pattern}}}, **{"x:K": text}) is wanted
    if text:
        assert result_of({**ALLOW, "Resource": SECRET + "n/" + pattern}, name="n/" + text) is wanted


@pytest.mark.parametrize(
    "odd",
    [
        *("\u0000", "\u202e", "e\u0301", "\U0001f511", "\ufdd0", "\ufdd1", "\ufffd", "\ud800", "ß", "İ", "\r\n\u2028"),
        "\U0001f511" * 2_000,
        "a" + "\u0301" * 2_000,
    ],
)
def test_odd_characters_are_characters(odd: str) -> None:
    assert result_of({**ALLOW, "Resource": f"{SECRET}{odd}-*"}, name=f"{odd}-AbCdEf") is Result.ALLOWED
    assert result_of({**ALLOW, "Resource": f"{SECRET}{odd}-*"}, name="x-AbCdEf") is Result.IMPLICITLY_DENIED
    equal = {**ALLOW, "Condition": {"StringEquals": {"x:K": odd}}}
    assert result_of(equal, **{"x:K": odd}) is Result.ALLOWED
    assert result_of(equal, **{"x:K": f"{odd}x"}) is Result.IMPLICITLY_DENIED
    assert result_of({**ALLOW, "Action": f"secretsmanager:{odd}"}) is Result.IMPLICITLY_DENIED


def test_what_stands_for_a_wildcard_inside_is_none_when_written() -> None:
    assert result_of({**ALLOW, "Resource": f"{SECRET}\ufdd0"}) is Result.IMPLICITLY_DENIED
    assert result_of({**ALLOW, "Resource": f"{SECRET}db-AbCdE\ufdd1"}) is Result.IMPLICITLY_DENIED
    assert result_of({**ALLOW, "Resource": f"{SECRET}db-*"}, name="\ufdd0") is Result.IMPLICITLY_DENIED


odd_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4) | st.just("*"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)
operators = st.sampled_from(
    ["StringLike", "Null", "NumericLessThan", "DateEquals", "IpAddress", "ArnLike", "Bool", "?"]
)
elements = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]) | odd_json},
    optional={
        "Action": st.sampled_from(["*", "secretsmanager:*", ":", "${x}"]) | odd_json,
        "NotAction": st.just("kms:*") | odd_json,
        "Resource": st.sampled_from(["*", f"{SECRET}*", "arn:aws", ":::::", "${aws:X}", f"{SECRET}${{aws:X}}"])
        | odd_json,
        "NotResource": st.just(f"{SECRET}x") | odd_json,
        "Principal": st.sampled_from(["*", {"AWS": ROLE}, {"Service": "s3.amazonaws.com"}]) | odd_json,
        "NotPrincipal": st.just({"AWS": ACCOUNT}) | odd_json,
        "Condition": st.dictionaries(operators, st.dictionaries(st.just("aws:X") | st.text(max_size=3), odd_json))
        | odd_json,
        "Sid": odd_json,
    },
)
odd_policies = st.fixed_dictionaries(
    {"Statement": st.lists(elements, max_size=2) | odd_json}, optional={"Version": st.just("2012-10-17") | odd_json}
)
MEMBERS = ["identityPolicies", "resourcePolicy", "scps", "rcps", "boundaries", "sessionPolicy", "grants", "context"]
odd_cases = st.dictionaries(
    st.sampled_from(
        [*MEMBERS, "vpcEndpointPolicy", "keyManager", "resource", "principal", "action", "resourceAccount"]
    ),
    odd_policies
    | odd_json
    | st.lists(odd_policies, max_size=2)
    | st.lists(st.lists(odd_policies, max_size=1), max_size=2),
    max_size=4,
)


def refuses_or_answers(case: dict[str, object]) -> None:
    try:
        identifier, request, policies = read_case({**CASE, **case})
    except InputError:
        return
    answer = write_answer(identifier, evaluate(request, policies))
    assert json.loads(json.dumps(answer))["result"] in {each.value for each in Result}


@settings(deadline=None, max_examples=120)
@given(odd_cases)
def test_anything_is_refused_or_answered(case: dict[str, object]) -> None:
    refuses_or_answers(case)


@pytest.mark.verify
@pytest.mark.timeout(3600)
@settings(deadline=None, max_examples=5_000)
@given(odd_cases)
def test_anything_is_refused_or_answered_at_length(case: dict[str, object]) -> None:
    refuses_or_answers(case)


def steps(work: Callable[[], object]) -> int:
    """How many calls a piece of work makes, of Python's functions and of those in C: the same on any machine."""
    count = 0

    def tick(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def of_statements(size: int) -> Callable[[], object]:
    # Of its own names at each size, as what is remembered from another would be left out of the count.
    written = [{**ALLOW, "Resource": f"{SECRET}s{size}-{i}-*"} for i in range(size)]
    return lambda: result_of(*written, name=f"t{size}")


def of_entries(size: int) -> Callable[[], object]:
    written = {**ALLOW, "Resource": [f"{SECRET}e{size}-{i}-*" for i in range(size)]}
    return lambda: result_of(written, name=f"u{size}")


def of_values(size: int) -> Callable[[], object]:
    written = {**ALLOW, "Condition": {"StringLike": {"x:K": [f"v{size}-{i}-*" for i in range(size)]}}}
    return lambda: result_of(written, name=f"v{size}", **{"x:K": f"w{size}"})


def of_keys(size: int) -> Callable[[], object]:
    case = {**CASE, "context": {f"x:K{i}": "a" for i in range(size)}}
    return lambda: evaluate(*read_case(case)[1:])


def of_stars(size: int) -> Callable[[], object]:
    return lambda: covers(compile_wildcards("*c" * size + "*b"), literal("c" * 2 * size + "b"))


@pytest.mark.parametrize("work", [of_statements, of_entries, of_values, of_keys, of_stars])
def test_work_grows_with_what_is_given(work: Callable[[int], Callable[[], object]]) -> None:
    steps(work(10))
    small, large = steps(work(200)), steps(work(1_600))

    assert large < 8 * small * 1.25


def test_two_patterns_are_compared_in_the_product_of_their_lengths() -> None:
    left, right = compile_wildcards("*a" * 100), compile_wildcards("*b" * 100 + "c")

    assert not overlaps(left, right)
    assert steps(lambda: overlaps(left + "x", right)) < 10 * len(left) * len(right)
