"""Who can: which of many principals may take an action on a resource.

Most policies of an account say nothing of a given action, and many principals share the same few that do. Principals
whose speaking statements are the same, and who do not differ in a key that those statements look at, are one class and
get one decision: an account with a thousand roles and a dozen policies costs a dozen decisions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from smsl.iam.evaluate import evaluate
from smsl.iam.kms import policy_of_resource
from smsl.iam.principals import caller_of, is_service_linked
from smsl.iam.request import ContextValue, Document, Level, Policies, Request
from smsl.iam.situation import situation_of
from smsl.iam.statements import speaking_of
from smsl.iam.variables import Variable, variable_parts
from smsl.model.decision import Decision
from smsl.model.policy import Policy, Statement
from smsl.model.unknown import Answer, Unknown


@dataclass(frozen=True, slots=True)
class Candidate:
    """A principal that might be allowed."""

    arn: str
    """The role's or user's own."""
    principal: str
    """What requests carry: a role's session, a user's ARN."""
    context: Mapping[str, ContextValue]
    """The keys that follow from who it is, ``aws:PrincipalArn`` among them."""
    identity: tuple[Document, ...]
    boundaries: tuple[Document, ...] = ()
    kind: str = "role"
    """What tells apart the candidates whose unlisted keys are not alike."""


@dataclass(frozen=True, slots=True)
class Question:
    """An action on a resource, with all that is the same whoever asks."""

    action: str
    resource: str
    resource_account: str | None
    context: Mapping[str, ContextValue]
    policies: Policies
    """Its identity policies and boundaries are not looked at: each candidate brings its own."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The decision on a class of candidates."""

    members: tuple[Candidate, ...]
    decision: Decision
    """As on the first member: policies that it names may be called otherwise for the others."""
    allowing: tuple[tuple[str, ...], ...]
    """For each member, the names of its policies and of the shared ones that allow."""


@dataclass(slots=True)
class Crowd:
    """Candidates, and by action the classes that their own policies make of them."""

    candidates: tuple[Candidate, ...]
    classes: dict[str, tuple[Class, ...]] = field(default_factory=dict)
    """By action in lower case; fills as actions are asked about."""


@dataclass(frozen=True, slots=True)
class Class:
    """Candidates whose own policies say the same of an action."""

    members: tuple[Candidate, ...]
    identity: tuple[tuple[Document, ...], ...]
    """For each member, its policies that speak of the action, those of like content at the same place."""
    boundaries: tuple[Document, ...]
    keys: Mapping[str, str]
    """The keys that the speaking statements look at: in lower case, and as written."""


Otherwise = Callable[[str, str], Unknown | None]
"""What a key (in lower case) holds that neither question nor candidate (of a kind) lists; None where it is absent."""


def who_can(crowd: Crowd, question: Question, otherwise: Otherwise) -> tuple[Judged, ...]:
    """Return a decision for each class of candidates; every candidate is in exactly one.

    Args:
        crowd: The candidates. Asked about many resources, it sorts them once for each action.
        question: What they might do.
        otherwise: What a key holds that nobody lists.
    """
    action = question.action.lower()
    shared = tuple(_shared(question, action))
    keys = _keys_of(statement for statement in shared) | _keys_of_grants(question.policies)
    named = _named(question.policies, shared)
    judged = []
    for each in _classes(crowd, action):
        for rows in _split(each, keys, named):
            first = each.members[rows[0]]
            context = _context(question, first, {**keys, **each.keys}, otherwise)
            identity = each.identity[rows[0]]
            policies = replace(question.policies, identity=identity, boundaries=each.boundaries)
            # Whoever may take a role may choose its session's name, one that a policy names among them.
            asked = (
                Request(principal, question.action, question.resource, question.resource_account, context)
                for principal in (_unnamed(first, named), *_sessions(first, named))
            )
            decision = max((evaluate(request, policies) for request in asked), key=_ease)
            allowing = tuple(_allowing(decision, identity, [each.identity[row] for row in rows]))
            judged.append(Judged(tuple(each.members[row] for row in rows), decision, allowing))
    return tuple(judged)


def _classes(crowd: Crowd, action: str) -> tuple[Class, ...]:
    found = crowd.classes.get(action)
    if found is None:
        found = crowd.classes[action] = tuple(_classify(crowd.candidates, action))
    return found


def _classify(candidates: Sequence[Candidate], action: str) -> Iterator[Class]:
    contents = _Contents(action)
    rows: dict[Hashable, list[tuple[Candidate, tuple[Document, ...], tuple[Document, ...]]]] = defaultdict(list)
    for each in candidates:
        own = contents.speaking(each.identity)
        # A boundary that is silent denies: that it is there at all matters.
        bounds = contents.all(each.boundaries)
        keys = contents.keys_in((*own, *bounds))
        sort = (frozenset(own), frozenset(bounds), _sort(each), _values(each, keys))
        rows[sort].append((each, tuple(own[at] for at in sorted(own)), tuple(bounds[at] for at in sorted(bounds))))
    for members in rows.values():
        _, identity, boundaries = members[0]
        statements = (s for d in (*identity, *boundaries) if isinstance(d, Policy) for s in speaking_of(d, action))
        yield Class(
            tuple(member for member, _, _ in members),
            tuple(own for _, own, _ in members),
            boundaries,
            _keys_of(statements),
        )


class _Contents:
    """Numbers for what documents say of one action: equal numbers say the same."""

    def __init__(self, action: str) -> None:
        self._action = action
        self._of_document: dict[int, int | None] = {}
        """By identity: the candidates keep the documents alive. None for one that does not speak of the action."""
        self._numbers: dict[Hashable, int] = {}
        self._keys: dict[int, frozenset[str]] = {}

    def speaking(self, documents: Iterable[Document]) -> dict[int, Document]:
        """Return the documents that speak of the action, by number."""
        return {number: each for each in documents if (number := self._number(each)) is not None}

    def all(self, documents: Iterable[Document]) -> dict[int, Document]:
        """Return documents by number, silent ones with a negative one."""
        found: dict[int, Document] = {}
        for each in documents:
            number = self._number(each)
            found[-1 if number is None else number] = each
        return found

    def keys_in(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """Return the keys that documents look at, in order."""
        return tuple(sorted({key for number in numbers for key in self._keys.get(number, ())}))

    def _number(self, document: Document) -> int | None:
        if id(document) not in self._of_document:
            self._of_document[id(document)] = self._new(document)
        return self._of_document[id(document)]

    def _new(self, document: Document) -> int | None:
        if isinstance(document, Unknown):
            return self._numbers.setdefault(document, len(self._numbers))
        statements = speaking_of(document, self._action)
        if not statements:
            return None
        said = (document.version, tuple((s.effect, s.resources, s.not_resources, s.conditions) for s in statements))
        number = self._numbers.setdefault(said, len(self._numbers))
        self._keys.setdefault(number, frozenset(_keys_of(statements)))
        return number


def _keys_of(statements: Iterable[Statement]) -> dict[str, str]:
    """Return the keys that statements look at, in conditions and in variables: in lower case, and as written there."""
    keys: dict[str, str] = {}
    for statement in statements:
        texts = [*(statement.resources or ()), *(statement.not_resources or ())]
        for condition in statement.conditions:
            keys.setdefault(condition.key.lower(), condition.key)
            texts += condition.values
        for text in texts:
            for part in variable_parts(text) if "${" in text else ():
                if isinstance(part, Variable) and part.key:
                    keys.setdefault(part.key, part.key)
    return keys


def _ease(decision: Decision) -> int:
    return {Answer.NO: 0, Answer.UNKNOWN: 1, Answer.YES: 2}[decision.answer]


def _shared(question: Question, action: str) -> Iterator[Statement]:
    """Yield the statements on the action that bind whoever asks, Amazon's own policy of a managed key among them."""
    policies = question.policies
    levels: tuple[Level, ...] = (*policies.scps, *policies.rcps)
    request = Request("", question.action, question.resource, question.resource_account)
    of_resource = policy_of_resource(policies, request, question.resource_account)
    single = (of_resource, policies.session, policies.vpc_endpoint)
    for document in (*(each for level in levels for each in level), *single):
        if isinstance(document, Policy):
            yield from speaking_of(document, action)


def _keys_of_grants(policies: Policies) -> dict[str, str]:
    """Return the keys that the constraints of grants look at, as `_keys_of` does."""
    keys: dict[str, str] = {}
    for grant in () if isinstance(policies.grants, Unknown) else policies.grants:
        for name, _ in (*(grant.encryption_context_equals or ()), *(grant.encryption_context_subset or ())):
            key = f"kms:EncryptionContext:{name}"
            keys[key.lower()] = key
    return keys


def _named(policies: Policies, shared: Iterable[Statement]) -> frozenset[str]:
    """Return the principals that the shared policies and the grants name one by one."""
    found = {
        entry.value
        for statement in shared
        for entry in (*(statement.principals or ()), *(statement.not_principals or ()))
        if entry.type == "AWS" and entry.value != "*" and ":root" not in entry.value
    }
    if not isinstance(policies.grants, Unknown):
        found.update(grant.grantee for grant in policies.grants if ":" in grant.grantee)
    return frozenset(found)


def _split(each: Class, keys: Collection[str], named: frozenset[str]) -> Iterator[list[int]]:
    """Yield the rows of members that the shared policies cannot tell apart."""
    if not keys and not named:
        yield list(range(len(each.members)))
        return
    asked = tuple(sorted(keys))
    rows: dict[Hashable, list[int]] = defaultdict(list)
    for row, member in enumerate(each.members):
        alone = member.arn if member.arn in named or _sessions(member, named) else None
        rows[alone, _values(member, asked)].append(row)
    yield from rows.values()


def _sessions(candidate: Candidate, named: frozenset[str]) -> tuple[str, ...]:
    """Return the sessions of a role that policies or grants name."""
    stem = candidate.principal.rpartition("/")[0] + "/"
    if ":assumed-role/" not in stem:
        return ()
    return tuple(sorted(each for each in named if each.startswith(stem)))


def _unnamed(candidate: Candidate, named: frozenset[str]) -> str:
    """Return the principal of a candidate's requests: of a role, a session that nothing names."""
    principal = candidate.principal
    while principal in named and ":assumed-role/" in principal:
        principal += "-"
    return principal


def _values(candidate: Candidate, keys: Collection[str]) -> tuple[tuple[str, ContextValue], ...]:
    if not keys:
        return ()
    held = {name.lower(): value for name, value in candidate.context.items()}
    return tuple((key, held[key]) for key in keys if key in held)


def _sort(candidate: Candidate) -> Hashable:
    """Return what the evaluator takes from who the candidate is, apart from its name and keys."""
    caller = caller_of(candidate.principal, situation_of(candidate.context))
    return candidate.kind, caller.kind, caller.account, is_service_linked(caller)


def _context(
    question: Question, candidate: Candidate, keys: Mapping[str, str], otherwise: Otherwise
) -> Mapping[str, ContextValue]:
    context = {**question.context, **candidate.context}
    listed = {name.lower() for name in context}
    for key in sorted(keys):
        if key not in listed:
            value = otherwise(key, candidate.kind)
            if value is not None:
                context[keys[key]] = value
    return context


def _allowing(
    decision: Decision, first: tuple[Document, ...], own: Iterable[tuple[Document, ...]]
) -> Iterator[tuple[str, ...]]:
    """Yield for each member what it calls the policies that allow the first one."""
    names = dict.fromkeys(each.policy for each in decision.because if each.effect == "Allow")
    at = {document.name: place for place, document in enumerate(first) if isinstance(document, Policy)}
    for documents in own:
        yield tuple(_name(documents[at[name]], name) if name in at else name for name in names)


def _name(document: Document, otherwise: str) -> str:
    return document.name if isinstance(document, Policy) else otherwise
