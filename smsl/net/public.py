"""The way to the service's public addresses, over IPv4 and over IPv6.

Which public addresses Secrets Manager uses is in no Describe answer, so the whole space is judged, part by part, and
parts that fare differently make the answer unknown.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from smsl.model.network import BlockMode, Network, Route, Span, Target
from smsl.model.reach import Path, Verdict
from smsl.model.unknown import Unknown
from smsl.net import hub, instance, nat, words
from smsl.net.boxes import Box, Region, subtract
from smsl.net.crossing import stop
from smsl.net.endpoint import closed
from smsl.net.filters import admit, admitted, blocks_of
from smsl.net.legs import FN_BACK, FN_OUT, Codes, reply_from, request_towards
from smsl.net.nat import Ways, attached
from smsl.net.routes import Choice, choose, cut, grouped, rows
from smsl.net.site import Site, subnet_of
from smsl.net.step import Branch, Step, blocker, conclude, distinct, failed, incomplete, passed
from smsl.net.words import some

MOOT = frozenset({"RT_NO_ROUTE", "RT_IGW_NO_PUBLIC_IP", "RT_PEERING_NO_TRANSIT"})
"""No way out at all: what filters would do to packets on it says nothing."""
NO_WAY = MOOT | {"FN_SG_EGRESS", "FN_NACL_EGRESS", "FN_NACL_INGRESS"}
"""What is said where no way leads out: that, and filters that are closed to everything."""

_EVERYTHING = {4: 2**32 - 1, 6: 2**128 - 1}
"""The last address of each family."""
_PATHS = {Target.NAT_GATEWAY: Path.NAT, Target.INTERFACE: Path.NAT, Target.TRANSIT_GATEWAY: Path.TGW}


def to_public(site: Site, space: Region, version: int) -> Branch:
    """Judge the way to the public addresses of a family.

    Args:
        site: The function's side; for IPv6 also where the subnet has no such block, to say what would be.
        space: `public_space` of the family.
        version: 4 or 6.
    """
    if isinstance(site.table.routes, Unknown):
        return conclude([incomplete(site.table.id, "route", site.table.routes)], ())
    known, hidden = rows(site.network, site.table.routes, version)
    clients, named = _clients(site, version), tuple(_filter_blocks(site, version))
    taken = [row.span for row in known]
    branches: list[tuple[int, Branch]] = []
    for part in grouped(tuple(cut(space, {*taken, *named})), taken):
        choice = choose(known, hidden, part[0])
        if isinstance(choice, Route) and choice.target is Target.LOCAL:
            continue  # the VPC's own addresses are not the service's
        for sub, steps in _ways(site, choice, part, version):
            moot = any(step.blocker is not None and step.blocker.code in MOOT for step in steps)
            filters = (
                [(sub, _closed_everywhere(site, version))]
                if moot
                else [(piece, _filters(site, piece[0], version)) for piece in grouped(sub, named)]
            )
            branches += [
                (piece[0].low, _on(conclude([*steps, *each], clients), site, choice, version))
                for piece, each in filters
            ]
    branches.sort(key=itemgetter(0))
    return _over_parts(site, [branch for _, branch in branches])


def _clients(site: Site, version: int) -> Region:
    return site.clients(version) or (Box(0, 0, *site.flow.source_ports),)


def _on(branch: Branch, site: Site, choice: Choice, version: int) -> Branch:
    if not isinstance(choice, Route):
        return branch
    path = Path.IPV6 if version == 6 else _PATHS.get(choice.target, Path.NONE)
    return Branch(
        branch.verdict, branch.hops, branch.blockers, branch.missing, path, None, _zones(site.network, choice)
    )


def _zones(network: Network, choice: Route) -> tuple[str, ...]:
    """Return the zone of a zonal NAT gateway."""
    gateways = network.nat_gateways
    if choice.target is not Target.NAT_GATEWAY or isinstance(gateways, Unknown):
        return ()
    found = gateways.get(choice.target_id)
    end = subnet_of(network, found.subnet) if found is not None and not found.regional else None
    return () if end is None or isinstance(end, Unknown) else (end.zone_id or end.az,)


def _filter_blocks(site: Site, version: int) -> Iterator[Span]:
    entries = () if isinstance(site.acl.entries, Unknown) else site.acl.entries
    yield from (entry.span for entry in entries if entry.span.version == version)
    yield from blocks_of(site.network, site.flow.security_groups, version)


def _over_parts(site: Site, branches: Sequence[Branch]) -> Branch:
    """Add up the parts of the space: the service is in one of them, and nobody knows which."""
    if not branches:
        table = site.table.id
        because = f"{table} has no route for the public addresses"
        return conclude([failed("RT_NO_ROUTE", table, "route", because, **site.ids(rtb=table))], ())
    verdicts = {branch.verdict for branch in branches}
    hops = tuple(dict.fromkeys(hop for branch in branches for hop in branch.hops))
    missing = tuple(dict.fromkeys(fact for branch in branches for fact in branch.missing))
    zones = tuple(dict.fromkeys(zone for branch in branches for zone in branch.zones))
    path = next((branch.path for branch in branches if branch.path is not Path.NONE), Path.NONE)
    if len(verdicts) == 1:
        found = distinct(found for branch in branches for found in branch.blockers)
        return Branch(verdicts.pop(), hops, found, missing, path, None, zones)
    if verdicts <= {Verdict.UNREACHABLE, Verdict.UNKNOWN}:
        found = distinct(f for branch in branches if branch.verdict is Verdict.UNKNOWN for f in branch.blockers)
    else:
        found = (blocker("RT_PUBLIC_PARTIAL", site.table.id, site.ids(rtb=site.table.id), _differing(branches)),)
    return Branch(Verdict.UNKNOWN, hops, found, missing, path, None, zones)


def _differing(branches: Sequence[Branch]) -> str:
    """Return what stops a part of the public addresses while other parts pass."""
    stops = (hop.because for branch in branches for hop in branch.hops if hop.passed is not True)
    return some(f"{because}, for a part of the public addresses" for because in dict.fromkeys(stops))


def _ways(site: Site, choice: Choice, part: Region, version: int) -> Ways:
    data = site.ids(rtb=site.table.id, dest="::/0" if version == 6 else "0.0.0.0/0")
    stopped = stop(choice, data)
    if stopped is not None or not isinstance(choice, Route):
        return [(part, [stopped] if stopped is not None else [])]
    table, name = site.table.id, choice.target_id
    taken = words.route(table, choice)
    step = passed(table, "route", taken)
    if choice.target is Target.PEERING:
        return [(part, [failed("RT_PEERING_NO_TRANSIT", name, "route", taken, **data, pcx=name)])]
    if version == 6:
        return [(part, [step, *_ipv6_gateway(site, choice, data)])]
    match choice.target:
        case Target.INTERNET_GATEWAY:
            return [(part, [failed("RT_IGW_NO_PUBLIC_IP", table, "route", taken, **data, igw=name)])]
        case Target.NAT_GATEWAY:
            ways = nat.gateway(site, name, part, nat.Entry(site.subnet))
        case Target.INTERFACE:
            ways = instance.instance(site, name, part)
        case Target.TRANSIT_GATEWAY:
            ways = hub.through(site, name, part)
        case _:
            return [(part, [failed("RT_NO_ROUTE", table, "route", taken, **data)])]
    return [(sub, [step, *steps]) for sub, steps in ways]


def _ipv6_gateway(site: Site, choice: Route, data: dict[str, str]) -> list[Step]:
    """Judge the gateway of an IPv6 default route.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    name = choice.target_id
    mode = site.subnet.block_mode
    if isinstance(mode, Unknown):
        access = [incomplete(site.subnet.id, "gateway", mode)]
    elif mode is BlockMode.BIDIRECTIONAL or (mode is BlockMode.INGRESS and choice.target is Target.INTERNET_GATEWAY):
        because = f"{site.subnet.id}: the mode of VPC Block Public Access is {mode}"
        access = [failed("BPA_BLOCKS", site.subnet.id, "gateway", because, **data)]
    else:
        access = []
    if choice.target is Target.EGRESS_ONLY_GATEWAY:
        gateways = site.network.egress_only_gateways
        if isinstance(gateways, Unknown):
            return [incomplete(name, "gateway", gateways), *access]
        found = gateways.get(name)
        if found is None or site.vpc.id not in found.vpcs:
            because = f"{name} is not attached to {site.vpc.id}"
            return [failed("EIGW_NOT_ATTACHED", name, "gateway", because, **data, eigw=name), *access]
        return [passed(name, "gateway", f"{name} is attached to {site.vpc.id}"), *access]
    if choice.target is Target.INTERNET_GATEWAY:
        return [attached(site, name, site.vpc.id, "RT_NO_ROUTE", data), *access]
    if choice.target is Target.TRANSIT_GATEWAY:
        from_hub = stop(Route(Target.OPAQUE, name), data)
        return [from_hub] if from_hub is not None else []
    if choice.target is Target.INTERFACE:
        middlebox = stop(Route(Target.ENDPOINT, name), data)
        return [middlebox] if middlebox is not None else []
    return [failed("RT_NO_ROUTE", site.table.id, "route", words.route(site.table.id, choice), **data)]


def _filters(site: Site, part: Box, version: int) -> list[Step]:
    """Judge the function's own groups and its subnet's ACL for a part of the space that they do not cut."""
    groups = site.flow.security_groups
    data = site.ids(sg=groups[0], cidr="::/0" if version == 6 else "0.0.0.0/0")
    opening = admit(
        site.network, groups, part, version, site.flow.port, egress=True, refers=lambda _: False, honoured=False
    )
    component = ",".join(groups)
    if subtract((Box(part.low, part.high),), opening.region):
        because = f"{component} has no egress rule for tcp {site.flow.port} to {data['cidr']}"
        own = closed(opening, component, "FN_SG_EGRESS", data, because)
    else:
        own = passed(component, "security_group", some(opening.rules))
    return [
        own,
        *_acl_legs(site, part, version),
    ]


def _acl_legs(site: Site, part: Box, version: int) -> list[Step]:
    if not site.clients(version):
        return []
    return [
        request_towards(site, site.acl, FN_OUT, part, version, egress=True),
        reply_from(site, site.acl, FN_BACK, part, version, egress=False),
    ]


def _closed_everywhere(site: Site, version: int) -> list[Step]:
    """Return the filters that let nothing out on the port, or nothing back, wherever to: then no way helps."""
    port = site.flow.port
    legs = (
        _leg_anywhere(site, FN_OUT, version, (port, port), egress=True),
        _leg_anywhere(site, FN_BACK, version, site.flow.source_ports, egress=False),
    )
    acl = [step for step in legs if step is not None] if site.clients(version) else []
    return [*_closed_groups(site), *acl]


def _leg_anywhere(site: Site, codes: Codes, version: int, ports: tuple[int, int], *, egress: bool) -> Step | None:
    packets = Box(0, _EVERYTHING[version], *ports)
    found = admitted(site.acl, packets, version, egress=egress)
    if isinstance(found, Unknown) or found.open:
        return None
    because = words.acl_rule(site.acl.id, found.against, packets, version, egress=egress)
    return failed(codes.shut, site.acl.id, "network_acl", because, **site.ids(acl=site.acl.id))


def _closed_groups(site: Site) -> list[Step]:
    for version, last in _EVERYTHING.items():
        remote = Box(0, last)
        opening = admit(
            site.network,
            site.flow.security_groups,
            remote,
            version,
            site.flow.port,
            egress=True,
            refers=lambda _: True,
            honoured=True,
        )
        if opening.region or opening.hidden_list or opening.unread is not None:
            return []
    groups = site.flow.security_groups
    component = ",".join(groups)
    because = f"{component} has no egress rule for tcp {site.flow.port}"
    return [failed("FN_SG_EGRESS", component, "security_group", because, **site.ids(sg=groups[0]))]
