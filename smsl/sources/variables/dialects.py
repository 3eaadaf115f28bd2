"""Where a document keeps environment variables: Lambda's API, SAM and CloudFormation, serverless.yml, compose, others.

One function of each dialect yields its blocks; a document that is none of them is a map of names to values, or holds
``env`` members somewhere, as Kubernetes and ECS write them.
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.sources.documents.tree import Allowance, Mapping, Node, Scalar, Sequence, member, members, written
from smsl.sources.variables.block import Block, Elsewhere, variables_of
from smsl.sources.variables.entry import Item, Note, Unread
from smsl.sources.variables.interpolation import serverless_filled, shell_filled

_FUNCTIONS = frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function"})
_DEEPEST = 8


def items(document: Node, group: str, budget: Allowance, *, loose: bool) -> Iterator[Item]:
    """Yield the variables of one document.

    Args:
        document: The whole of it.
        group: What its groups' names begin with, so that two documents' stay apart.
        budget: What walking it may cost.
        loose: Whether the document may be of any kind, as YAML is, or is else a map of names to values.
    """
    found = _known(document, budget)
    if found is None and (loose or _is_manifest(document, budget)):
        found = _loose(document, budget)
    if found is None and not loose:
        found = _by_function(document, budget)
    if found is None:
        if loose:
            yield Unread(f"No environment variables are found in the document of line {document.line}.", document.line)
            return
        found = iter([Block(document)])
    for block in found:
        if isinstance(block, Elsewhere):
            yield Note(block.text, block.line)
        else:
            yield from variables_of(block, group, budget)


def _known(document: Node, budget: Allowance) -> Iterator[Block | Elsewhere] | None:
    if not isinstance(document, Mapping):
        return None
    if isinstance(member(document, "Resources", budget), Mapping) or _globals(document, budget) is not None:
        return _cloudformation(document, budget)
    if member(document, "provider", budget) is not None and (
        member(document, "functions", budget) is not None or member(document, "service", budget) is not None
    ):
        return _serverless(document, budget)
    services = member(document, "services", budget)
    if isinstance(services, Mapping):
        return _compose(services, budget)
    return _lambda(document, budget)


def _lambda(document: Node, budget: Allowance) -> Iterator[Block | Elsewhere] | None:
    """Return the blocks of what Lambda's API answers, from one function's variables up to a list of functions.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
    """
    functions = member(document, "Functions", budget)
    if isinstance(functions, Sequence):
        return iter([block for item in functions.items for block in _configured(item, budget)])
    configuration = member(document, "Configuration", budget)
    found = _configured(configuration if isinstance(configuration, Mapping) else document, budget)
    return iter(found) if found else None


def _configured(document: Node, budget: Allowance) -> list[Block]:
    environment = member(document, "Environment", budget)
    inner = member(environment if isinstance(environment, Mapping) else document, "Variables", budget)
    node = inner if isinstance(inner, Mapping) else environment
    return [Block(node, written(member(document, "FunctionName", budget)))] if isinstance(node, Mapping) else []


def _globals(document: Node, budget: Allowance) -> Node | None:
    function = member(member(document, "Globals", budget), "Function", budget)
    return member(member(function, "Environment", budget), "Variables", budget)


def _cloudformation(document: Node, budget: Allowance) -> Iterator[Block | Elsewhere]:
    """Yield the blocks of a template's functions, those of SAM's ``Globals`` beside each.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """
    shared = _globals(document, budget)
    beside = None
    if shared is not None:
        beside = "Globals"
        yield Block(shared, beside)
    resources = member(document, "Resources", budget)
    for key, resource in _looped(resources, budget):
        kind = written(member(resource, "Type", budget))
        if kind in _FUNCTIONS:
            environment = member(member(resource, "Properties", budget), "Environment", budget)
            variables = member(environment, "Variables", budget)
            if variables is not None:
                yield Block(variables, key.text, beside if kind == "AWS::Serverless::Function" else None)


def _looped(resources: Node | None, budget: Allowance, depth: int = 0) -> Iterator[tuple[Scalar, Node]]:
    """Yield the resources, those of a loop once.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
    """
    for key, value in members(resources, budget) if isinstance(resources, Mapping) else ():
        if not key.text.startswith("Fn::ForEach::"):
            yield key, value
        elif isinstance(value, Sequence) and value.items and depth < _DEEPEST:
            yield from _looped(value.items[-1], budget, depth + 1)


def _serverless(document: Node, budget: Allowance) -> Iterator[Block | Elsewhere]:
    """Yield the blocks of a ``serverless.yml``: the provider's, which every function has too, and each function's.

    Source: https://www.serverless.com/framework/docs/providers/aws/guide/variables
    """
    shared = member(member(document, "provider", budget), "environment", budget)
    beside = None
    if shared is not None:
        beside = "provider"
        yield Block(shared, beside, filled=serverless_filled)
    functions = member(document, "functions", budget)
    for part in functions.items if isinstance(functions, Sequence) else [functions]:
        if isinstance(part, Scalar) and part.text:
            yield Elsewhere("functions come from another file, which is not followed: scan it too", part.line)
        for key, function in members(part, budget) if isinstance(part, Mapping) else ():
            own = member(function, "environment", budget)
            if own is not None:
                yield Block(own, f"functions.{key.text}", beside, serverless_filled)
    resources = member(document, "resources", budget)
    for part in resources.items if isinstance(resources, Sequence) else [resources]:
        if isinstance(part, Mapping):
            yield from _cloudformation(part, budget)


def _compose(services: Mapping, budget: Allowance) -> Iterator[Block | Elsewhere]:
    """Yield the block of each service of a compose file; an ``env_file`` is told, not followed.

    Source: https://docs.docker.com/reference/compose-file/services/#environment
    """
    for key, service in members(services, budget):
        own = member(service, "environment", budget)
        if own is not None:
            yield Block(own, f"services.{key.text}", filled=lambda text: shell_filled(text).replace("$$", "$"))
        file = member(service, "env_file", budget)
        if file is not None:
            yield Elsewhere(f"services.{key.text} has an env_file, which is not followed: scan it too", file.line)


def _by_function(document: Node, budget: Allowance) -> Iterator[Block | Elsewhere] | None:
    """Return the blocks of what ``sam local`` takes as ``--env-vars``: functions' names to their variables.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-invoke.html
    """
    blocks = (
        [Block(value, key.text) for key, value in members(document, budget)] if isinstance(document, Mapping) else []
    )
    alike = all(
        isinstance(block.node, Mapping) and all(isinstance(value, Scalar) for _, value in block.node.pairs)
        for block in blocks
    )
    return iter(blocks) if blocks and alike else None


def _is_manifest(document: Node, budget: Allowance) -> bool:
    """Tell a Kubernetes object or an ECS task definition, which no map of variables looks like."""
    return all(member(document, name, budget) is not None for name in ("apiVersion", "kind")) or isinstance(
        member(document, "containerDefinitions", budget), Sequence
    )


def _loose(document: Node, budget: Allowance) -> Iterator[Block | Elsewhere] | None:
    """Return the blocks of a document of no known dialect: the whole of it, or its ``env`` members."""
    if isinstance(document, Sequence):
        return iter([Block(document)]) if document.items and all(map(_is_row, document.items)) else None
    if isinstance(document, Scalar):
        return iter(()) if not document.text else None
    if all(isinstance(value, Scalar) for _, value in document.pairs) and not _is_manifest(document, budget):
        return iter([Block(document)])
    found = list(_anywhere(document, budget))
    return iter(found) if found or _is_manifest(document, budget) else None


def _anywhere(document: Node, budget: Allowance) -> Iterator[Block]:
    """Yield each ``env`` or ``environment`` member, with the name of what has it."""
    visited: set[int] = set()
    waiting: list[tuple[Node, str | None]] = [(document, None)]
    while waiting:
        node, owner = waiting.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, Sequence):
            waiting += [(item, owner) for item in reversed(node.items)]
        elif isinstance(node, Mapping):
            inside = list(members(node, budget))
            owner = next((written(value) for key, value in inside if key.text == "name"), None) or owner
            for key, value in inside:
                if key.text in {"env", "environment"} and not isinstance(value, Scalar):
                    variables = member(value, "variables", budget)
                    yield Block(value if variables is None else variables, owner)
            waiting += [(value, owner) for _, value in reversed(inside)]


def _is_row(node: Node) -> bool:
    return isinstance(node, Mapping) and any(
        isinstance(key, Scalar) and key.text in {"name", "Name"} for key, _ in node.pairs
    )
