"""Functions as they will be, and those of an account that what is declared bears on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from smsl.leaks.same import Seen, together
from smsl.model.snapshot import Alias, Function, Readiness
from smsl.model.standin import is_drawn, is_unsettled, unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.model.variable import EnvironmentVariable, Leak
from smsl.sources.declared.pieces import AliasPiece, FunctionPiece
from smsl.sources.declared.sorted import Sorted
from smsl.sources.declared.variables import variables_of

COMES_UP = Readiness("Active", None, "Successful", None)
_MOST = 3
"""How many other places of the same secret are named."""


def functions_of(pieces: Sorted, names: frozenset[str], under: Iterable[Function]) -> tuple[Function, ...]:
    """Return the declared functions; each is taken to come up, which no file can tell."""
    aliases: defaultdict[str, list[Alias]] = defaultdict(list)
    for each in pieces.of(AliasPiece):
        aliases[each.function].append(_served(each.alias))
    live: defaultdict[str, list[Alias]] = defaultdict(list)
    for function in under:
        live[function.arn] += () if isinstance(function.aliases, Unknown) else function.aliases
    seen: Seen[str] = Seen()
    declared = [
        _function(piece, names, seen, _merged(live[piece.arn], [*aliases[piece.arn], *aliases[piece.name]]))
        for piece in pieces.of(FunctionPiece)
    ]
    return tuple(_telling_same(declared, seen))


def _served(alias: Alias) -> Alias:
    """Return an alias; the version that this deployment publishes is what is declared."""
    if is_drawn(alias.version) or is_unsettled(alias.version):
        return replace(alias, version="$LATEST")
    return alias


def _merged(live: Iterable[Alias], declared: Iterable[Alias]) -> tuple[Alias, ...]:
    return tuple({each.name: each for each in (*live, *declared)}.values())


def _function(piece: FunctionPiece, names: frozenset[str], seen: Seen[str], aliases: tuple[Alias, ...]) -> Function:
    return Function(
        arn=piece.arn,
        name=piece.name,
        region=piece.region,
        account=piece.account,
        asked=None,
        version="$LATEST",
        role=piece.role,
        architecture=piece.architecture,
        package=piece.package,
        runtime=piece.runtime,
        timeout=piece.timeout,
        readiness=COMES_UP,
        layers=piece.layers,
        variables=variables_of(piece, names, seen),
        environment_key=piece.environment_key,
        subnets=_ids(piece.subnets),
        security_groups=_ids(piece.security_groups),
        ipv6_allowed=piece.ipv6_allowed,
        snap_start=piece.snap_start,
        aliases=aliases,
    )


def _ids(found: Maybe[tuple[str, ...]]) -> tuple[str, ...]:
    """Return ids; of a list that is not settled one that nothing has, so that nobody takes it for empty."""
    return (unsettled(found.reason),) if isinstance(found, Unknown) else found


def _telling_same(functions: Iterable[Function], seen: Seen[str]) -> Iterator[Function]:
    """Yield the functions, each leak with the other variables that hold the same secret."""
    same: dict[tuple[str, str], tuple[tuple[str, ...], int]] = {}
    for spots, sharing in together(seen):
        for spot in spots:
            others = [f"{group}/{name}" for group, name in sharing if (group, name) != spot]
            same[spot] = (tuple(sorted(others)[:_MOST]), max(0, len(others) - _MOST))
    for function in functions:
        if isinstance(function.variables, Unknown):
            yield function
        else:
            told = tuple(_told(function.name, each, same) for each in function.variables)
            yield replace(function, variables=told)


def _told(
    function: str, variable: EnvironmentVariable, same: Mapping[tuple[str, str], tuple[tuple[str, ...], int]]
) -> EnvironmentVariable:
    leak = variable.holds
    found = same.get((function, variable.name))
    if found is None or not isinstance(leak, Leak):
        return variable
    return replace(variable, holds=replace(leak, same=found[0], more=found[1]))
