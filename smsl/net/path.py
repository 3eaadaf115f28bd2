"""The decision: for each of the function's subnets the name, then the one way it leads, then all subnets together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from smsl.model.network import Network, Subnet
from smsl.model.reach import Blocker, Flow, Hop, Path, Reach, Trace, Verdict
from smsl.model.unknown import Unknown
from smsl.net.boxes import Region
from smsl.net.causes import dns_causes, elsewhere, ipv6_causes, missing_endpoint
from smsl.net.caution import cross_zone, policies, surroundings
from smsl.net.dns import resolve
from smsl.net.endpoint import to_endpoints
from smsl.net.public import MOOT, NO_WAY, to_public
from smsl.net.resolution import Resolution
from smsl.net.site import Site, place, subnet_of
from smsl.net.space import public_space
from smsl.net.step import Branch, alike, blocker, conclude, distinct, failed, incomplete, undecided
from smsl.net.words import some
from smsl.net.zones import serving


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one subnet sees, with its warnings and the endpoints that the name leads to."""

    branch: Branch
    warnings: tuple[Blocker, ...] = ()
    endpoints: tuple[str, ...] = ()


def reach(network: Network, flow: Flow) -> Reach:
    """Say whether a function's packets get to the Secrets Manager API and back.

    Args:
        network: What was read of the Region.
        flow: The function; without subnets it runs in Lambda's own network, which has internet access.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    if not flow.subnets:
        outside = replace(blocker("FN_NOT_IN_VPC", "function", {}, "the function has no subnets"), contributing=True)
        return Reach(Verdict.REACHABLE, Path.NONE, (outside,), (), {}, flow.name)
    spaces = {version: public_space(network, version) for version in (4, 6)}
    seen = {name: _seen(network, flow, name, spaces) for name in dict.fromkeys(flow.subnets)}
    verdict = alike(one.branch.verdict for one in seen.values())
    open_ = (Verdict.REACHABLE, Verdict.PARTIAL)
    passing = [one for one in seen.values() if one.branch.verdict in open_]
    endpoints = tuple(dict.fromkeys(name for one in seen.values() for name in one.endpoints))
    warnings = [w for one in seen.values() for w in one.warnings]
    warnings += surroundings(network, flow)
    if verdict is not Verdict.UNREACHABLE:
        warnings += policies(network, endpoints)
    if verdict is Verdict.REACHABLE:
        warnings += cross_zone(network, {name: one.branch.zones for name, one in seen.items()})
    stopped = [one.branch for one in seen.values() if one.branch.verdict is not Verdict.REACHABLE]
    return Reach(
        verdict,
        _path(verdict, passing or list(seen.values())),
        distinct(found for branch in stopped for found in branch.blockers),
        distinct(warnings),
        {name: Trace(one.branch.verdict, one.branch.hops) for name, one in seen.items()},
        flow.name,
        next(iter(endpoints), None),
        tuple(dict.fromkeys(fact for branch in stopped for fact in branch.missing)),
    )


def _path(verdict: Verdict, seen: list[_Seen]) -> Path:
    if verdict is Verdict.UNREACHABLE:
        return Path.NONE
    return next((one.branch.path for one in seen if one.branch.path is not Path.NONE), Path.NONE)


def _seen(network: Network, flow: Flow, name: str, spaces: Mapping[int, Region]) -> _Seen:
    """Judge a subnet; where it is not known whether the function speaks IPv6, only a way over IPv4 is certain."""
    subnets = [subnet_of(network, each) for each in flow.subnets]
    read = [each for each in subnets if isinstance(each, Subnet) and each.ipv6_read]
    dual = flow.ipv6_allowed and all(each.ipv4 is not None and each.ipv6 for each in read)
    certain = not dual or len(read) == len(subnets)
    found = _trace(network, flow, name, spaces, ipv6=dual and certain)
    if certain or found.branch.verdict is Verdict.REACHABLE or isinstance(subnet_of(network, name), Unknown):
        return found
    missing = Unknown("whether all subnets are dual-stack is not known", ("ec2:DescribeSubnets",))
    return _Seen(conclude([incomplete(name, "subnet", missing)], ()))


def _trace(network: Network, flow: Flow, name: str, spaces: Mapping[int, Region], *, ipv6: bool) -> _Seen:
    subnet = subnet_of(network, name)
    if isinstance(subnet, Unknown):
        return _Seen(conclude([incomplete(name, "subnet", subnet)], ()))
    if subnet.ipv6_native:
        return _Seen(
            conclude([failed("FN_SUBNET_IPV6_ONLY", name, "subnet", f"{name} has no IPv4 block", subnet=name)], ())
        )
    site = place(network, flow, name)
    if _is_shared(network, flow, subnet, site):
        shared = Unknown("the VPC belongs to another account", ())
        because = f"{subnet.vpc} belongs to account {subnet.owner}"
        return _Seen(
            conclude(
                [undecided("SHARED_VPC", name, "subnet", {"subnet": name, "vpc": subnet.vpc}, shared, because)], ()
            )
        )
    if isinstance(site, Unknown):
        return _Seen(conclude([incomplete(name, "subnet", site)], ()))
    if subnet.ipv4 is None:
        return _Seen(conclude([incomplete(name, "subnet", Unknown("the subnet's CIDR block is not known"))], ()))
    resolution = resolve(site)
    if resolution.settled:
        return _Seen(conclude(resolution.steps, ()))
    if resolution.endpoints:
        return _by_endpoint(site, resolution, spaces, ipv6=ipv6)
    return _by_public(site, resolution, spaces, ipv6=ipv6)


def _is_shared(network: Network, flow: Flow, subnet: Subnet, site: Site | Unknown) -> bool:
    """Tell a subnet of another account whose endpoints and NAT gateways a participant cannot see.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html#interface-endpoint-shared-subnets
    """
    if not subnet.owner or not flow.account_id or subnet.owner == flow.account_id:
        return False
    if isinstance(site, Unknown):
        return True
    return not any(serving(site, subnet.vpc)) and not network.nat_gateways_of_vpc.get(subnet.vpc)


def _by_endpoint(site: Site, resolution: Resolution, spaces: Mapping[int, Region], *, ipv6: bool) -> _Seen:
    families, zones = to_endpoints(site, resolution, ipv6=ipv6)
    first = conclude(resolution.steps, site.clients(4))
    best, warnings = _best(site, families)
    if first.verdict is not Verdict.REACHABLE and best.verdict is not Verdict.UNREACHABLE:
        verdict = Verdict.UNKNOWN if Verdict.UNKNOWN in (first.verdict, best.verdict) else Verdict.PARTIAL
        best = replace(best, verdict=verdict, blockers=distinct((*first.blockers, *best.blockers)))
    if best.verdict in (Verdict.UNREACHABLE, Verdict.PARTIAL):
        versions = (4, 6) if ipv6 else (4,)
        if any(to_public(site, spaces[version], version).verdict is Verdict.REACHABLE for version in versions):
            name = resolution.endpoints[0]
            warnings = (*warnings, blocker("W_EP_SHADOWS_NAT", name, site.ids(vpce=name), f"{name} owns the name"))
    branch = replace(best, hops=(*first.hops, *best.hops), path=Path.ENDPOINT, zones=zones)
    return _Seen(branch, warnings, resolution.endpoints)


def _best(site: Site, families: Mapping[int, Branch]) -> tuple[Branch, tuple[Blocker, ...]]:
    """Judge the families together: the SDK tries IPv6, then IPv4, so one that works is enough.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/asm_access.html#endpoints
    """
    order = (Verdict.REACHABLE, Verdict.UNKNOWN, Verdict.PARTIAL, Verdict.UNREACHABLE)
    verdict = min((branch.verdict for branch in families.values()), key=order.index)
    chosen = [families[v] for v in sorted(families, reverse=True) if families[v].verdict is verdict]
    tried = [b for b in families.values() if verdict is not Verdict.UNREACHABLE or not _nowhere(b)]
    blockers = () if verdict is Verdict.REACHABLE else distinct(f for b in tried or chosen for f in b.blockers)
    if verdict in (Verdict.UNKNOWN, Verdict.PARTIAL):
        blockers = distinct(found for branch in chosen for found in branch.blockers)
    four, six = families.get(4), families.get(6)
    slow = (
        four is not None
        and six is not None
        and six.verdict is Verdict.UNREACHABLE
        and four.verdict in (Verdict.REACHABLE, Verdict.PARTIAL)
    )
    stops = () if six is None else tuple(found.detail for found in six.blockers if found.detail)
    warnings = (blocker("W_IPV6_FIRST", site.subnet.id, site.ids(), some(stops)),) if slow else ()
    hops = tuple(hop for branch in families.values() for hop in branch.hops)
    return replace(chosen[0], verdict=verdict, blockers=blockers, hops=hops), warnings


def _nowhere(branch: Branch) -> bool:
    return {found.code for found in branch.blockers} == {"RT_NO_ROUTE"}


def _by_public(site: Site, resolution: Resolution, spaces: Mapping[int, Region], *, ipv6: bool) -> _Seen:
    families = {4: to_public(site, spaces[4], 4)}
    if ipv6:
        families[6] = to_public(site, spaces[6], 6)
    best, warnings = _best(site, families)
    first = conclude(resolution.steps, site.clients(4))
    branch = replace(best, hops=(*first.hops, *best.hops))
    if resolution.doubtful:
        branch = _doubted(site, branch, resolution.doubtful)
        if branch.verdict is Verdict.UNKNOWN:
            return _Seen(branch, warnings)
    if branch.verdict is not Verdict.UNREACHABLE:
        return _Seen(branch, warnings)
    causes = dns_causes(site)
    if not ipv6 and _nearly_ipv6(site):
        would = to_public(site, spaces[6], 6)
        causes += ipv6_causes(site) if would.verdict is Verdict.REACHABLE else ()
    if causes:
        rest = tuple(found for found in branch.blockers if found.code not in MOOT)
        hops = (*first.hops, *(Hop(cause.component, "dns", False, cause.detail) for cause in causes), *best.hops)
        return _Seen(replace(branch, hops=hops, blockers=distinct((*causes, *rest))), warnings)
    far = elsewhere(site, routed=False) if all(found.code in NO_WAY for found in branch.blockers) else ()
    return _Seen(replace(branch, blockers=(*branch.blockers, *missing_endpoint(site), *far)), warnings)


def _nearly_ipv6(site: Site) -> bool:
    """Tell whether the function is on the way to IPv6: it is allowed, or one of its subnets has a block."""
    subnets = (subnet_of(site.network, name) for name in site.flow.subnets)
    return site.flow.ipv6_allowed or any(isinstance(each, Subnet) and each.ipv6 for each in subnets)


def _doubted(site: Site, branch: Branch, names: tuple[str, ...]) -> Branch:
    """Judge the public way while a pending endpoint may already own the name: it is not known which one counts."""
    endpoints = site.network.endpoints
    states = set() if isinstance(endpoints, Unknown) else {endpoints[name].state for name in names}
    if branch.verdict is Verdict.UNREACHABLE and "partial" not in states:
        return branch
    found = tuple(
        blocker("EP_NOT_AVAILABLE", name, site.ids(vpce=name), f"{name} may own the name already") for name in names
    )
    hops = (*branch.hops, *(Hop(each.component, "endpoint", None, each.detail) for each in found))
    return replace(branch, verdict=Verdict.UNKNOWN, hops=hops, blockers=found)
