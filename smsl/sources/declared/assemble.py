"""From what is declared, and an account that may lie under it, to a Snapshot: the same noun as the live one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from smsl.model.origin import Assumption, Gap
from smsl.model.snapshot import (
    Function,
    Organization,
    Snapshot,
    Source,
)
from smsl.model.standin import causes, is_unsettled
from smsl.model.unknown import Unknown
from smsl.sources.declared.declaration import Declaration
from smsl.sources.declared.functions import functions_of
from smsl.sources.declared.keys import keys_of
from smsl.sources.declared.origins import origins_of
from smsl.sources.declared.pieces import AttachedPiece, FunctionPiece, GonePiece
from smsl.sources.declared.roles import roles_of
from smsl.sources.declared.secrets import secrets_of, taken_for_granted
from smsl.sources.declared.sorted import Sorted
from smsl.sources.declared.touched import touched
from smsl.sources.declared.undeclared import add_undeclared
from smsl.sources.tables import managed_policies

if TYPE_CHECKING:
    from smsl.model.network import Network


MANAGED_POLICIES = "AWS managed policies"
_HIDDEN = Unknown("the organization's policies are not visible", ("organizations:ListPoliciesForTarget",))
_ORGANIZATION = Assumption(
    "SCPs and RCPs not visible: assumed not to deny", "organizations:ListPoliciesForTarget", "not declared", "--capture"
)
_NOTHING = Snapshot(Source("none", None, None), datetime.fromtimestamp(0, UTC), (), {}, {}, {}, {}, {})


def assemble(
    declarations: Sequence[Declaration],
    taken_at: datetime,
    under: Snapshot | None = None,
    extra_secrets: tuple[str, ...] = (),
) -> Snapshot:
    """Return the facts as they will be once everything that is declared is deployed.

    Args:
        declarations: Of plans and templates that go to one account together.
        taken_at: What dates are judged against where no plan says when it was made.
        under: The facts of the account that it is deployed to; what is declared stands over them.
        extra_secrets: What ``--secret`` names.
    """
    live = under or _NOTHING
    place = declarations[0].place
    pieces = Sorted(piece for each in declarations for piece in each.pieces)
    secrets = secrets_of(pieces, live.secrets)
    names = frozenset(each.text for each in secrets)
    declared = functions_of(pieces, names, live.functions)
    roles = roles_of(pieces, declared, live.roles)
    keys = keys_of(pieces, place, live.keys)
    networks = _networks(pieces, declared, live.networks)
    gone = {each.id for each in pieces.of(GonePiece) if each.kind == "function"} | {each.arn for each in declared}
    functions = (*declared, *touched(live, gone, roles, secrets, keys, networks))
    elsewhere = add_undeclared(functions, extra_secrets, place, secrets, keys)
    accounts = {function.account for function in functions}
    return Snapshot(
        source=Source(declarations[0].kind, place.account, place.region, 0, 0.0),
        taken_at=next((each.taken_at for each in declarations if each.taken_at), taken_at),
        functions=functions,
        roles=roles,
        secrets=secrets,
        keys=keys,
        networks=networks,
        organizations={each: live.organizations.get(each, Organization(_HIDDEN, _HIDDEN)) for each in accounts},
        extra_secrets=extra_secrets,
        latest_layers=live.latest_layers,
        gaps=(*live.gaps, *_unread(declarations)),
        assumptions=(*live.assumptions, *_assumed(declarations, pieces, live, elsewhere, organization=under is None)),
        origins=origins_of(pieces),
        tables=_tables(pieces),
        suppressions=tuple(one for each in declarations for one in each.suppressions),
    )


def _networks(pieces: Sorted, functions: Iterable[Function], live: Mapping[str, Network]) -> Mapping[str, Network]:
    """Return the networks by region; where nothing stands in one, its rooms are not even loaded."""
    if not pieces.has_network and not any(each.subnets for each in functions):
        return live
    from smsl.sources.declared.network import networks_of

    return networks_of(pieces, live)


def _tables(pieces: Sorted) -> dict[str, str]:
    """Return the shipped table of AWS managed policies with its date, where a role has one attached."""
    if any(":iam::aws:policy/" in each.arn for each in pieces.of(AttachedPiece)):
        return {MANAGED_POLICIES: managed_policies().date}
    return {}


def _assumed(
    declarations: Sequence[Declaration], pieces: Sorted, live: Snapshot, elsewhere: Sequence[str], *, organization: bool
) -> Iterable[Assumption]:
    if organization:
        yield _ORGANIZATION
    if granted := taken_for_granted(pieces, live.secrets):
        yield _taken(f"secrets that stand already are assumed to have a value: {_some(granted)}")
    if elsewhere:
        what = "to be there, with a value, no policy of their own and aws/secretsmanager"
        yield _taken(f"secrets that are declared elsewhere are assumed {what}: {_some(elsewhere)}")
    if hanging := _hanging(pieces):
        what = f"the layers of {_some(hanging)} are assumed to fit: they hang on {_some({*hanging.values()})}"
        yield Assumption(what, "", "not settled", "--region or --parameter")
    for each in declarations:
        for address, cause in each.left_out.items():
            yield Assumption(f"{address}: {cause}, assumed not to matter", "", "not understood", "--capture")


def _hanging(pieces: Sorted) -> dict[str, str]:
    """Return, by function, what decides which layers it has, or the architecture that they are to fit."""
    found = {}
    for each in pieces.of(FunctionPiece):
        open_texts = [text for text in (*each.layers, each.architecture) if is_unsettled(text)] if each.layers else []
        if open_texts:
            found[each.name] = causes(open_texts[0])[0]
    return found


def _unread(declarations: Sequence[Declaration]) -> Iterable[Gap]:
    """Yield what keeps a gate from passing where a function is declared that nobody could judge."""
    for each in declarations:
        for address, cause in each.unread.items():
            yield Gap(f"function {address}", cause, "a declaration that can be deployed")


def _taken(text: str) -> Assumption:
    return Assumption(text, "secretsmanager:DescribeSecret", "not declared", "--capture")


def _some(names: Collection[str]) -> str:
    return ", ".join(sorted(names)[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
