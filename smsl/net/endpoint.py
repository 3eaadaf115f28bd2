"""The way to an interface endpoint: every interface it answers with, over the whole subnet, in each family.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from smsl.model.network import Endpoint, GroupReference, NetworkInterface, Subnet
from smsl.model.reach import Path, Verdict
from smsl.model.unknown import Maybe, Unknown
from smsl.net.boxes import Box, Region, meet, subtract
from smsl.net.crossing import Via, cross, peering_of
from smsl.net.filters import Opening, acl_of, admit
from smsl.net.legs import EP_BACK, EP_IN, FN_BACK, FN_OUT, reply_from, reply_to, request_of, request_towards
from smsl.net.resolution import Resolution
from smsl.net.site import Site, subnet_of
from smsl.net.step import (
    Branch,
    Step,
    alike,
    conclude,
    distinct,
    failed,
    incomplete,
    partly,
    passed,
    undecided,
)
from smsl.net.words import region, some

_FAMILY = {4: "ipv4", 6: "ipv6"}


def to_endpoints(site: Site, resolution: Resolution, *, ipv6: bool) -> tuple[dict[int, Branch], tuple[str, ...]]:
    """Judge the way to the endpoints that the name leads to.

    Returns:
        A branch for each family that is answered and that the function speaks, and the zones of the interfaces.
    """
    network = site.network
    endpoints = network.endpoints
    if isinstance(endpoints, Unknown):
        return {4: conclude([incomplete(site.flow.name, "endpoint", endpoints)], ())}, ()
    branches: dict[int, list[Branch]] = {}
    zones: list[str] = []
    for name in resolution.endpoints:
        endpoint = endpoints[name]
        found = _interfaces(site, endpoint, resolution)
        if isinstance(endpoint.record_types, Unknown):
            return {4: conclude([incomplete(name, "endpoint", endpoint.record_types)], site.clients(4))}, ()
        for version in _families(endpoint, resolution, ipv6=ipv6):
            branches.setdefault(version, []).extend(
                _refused(site, endpoint, found)
                if isinstance(found, Unknown)
                else [_to_interface(site, endpoint, eni, version) for eni in found]
            )
        if not isinstance(found, Unknown):
            ends = [subnet_of(network, eni.subnet) for eni in found]
            zones.extend(end.zone_id or end.az for end in ends if isinstance(end, Subnet))
    if not branches:
        named = resolution.endpoints[0]
        because = f"{named} answers with no address of a family that the function speaks"
        step = failed("EP_IP_FAMILY", named, "endpoint", because, **site.ids(vpce=named))
        return {4: conclude([step], site.clients(4))}, tuple(zones)
    return {version: _side_by_side(found) for version, found in branches.items()}, tuple(zones)


def _families(endpoint: Endpoint, resolution: Resolution, *, ipv6: bool) -> list[int]:
    return [
        version
        for version, family in _FAMILY.items()
        if not isinstance(endpoint.record_types, Unknown)
        if family in endpoint.record_types and resolution.version in (0, version) and (version != 6 or ipv6)
    ]


def _interfaces(site: Site, endpoint: Endpoint, resolution: Resolution) -> Maybe[list[NetworkInterface]]:
    """Return the interfaces of an endpoint that the name may answer with."""
    interfaces = site.network.interfaces
    if isinstance(endpoint.interfaces, Unknown):
        return endpoint.interfaces
    if isinstance(interfaces, Unknown):
        return interfaces
    chosen = []
    for name in endpoint.interfaces:
        eni = interfaces.get(name)
        if eni is None:
            return Unknown("an endpoint's interface was not read", ("ec2:DescribeNetworkInterfaces",))
        end = subnet_of(site.network, eni.subnet)
        zone = end.az if isinstance(end, Subnet) else ""
        named = not resolution.interfaces or name in resolution.interfaces
        if named and (not resolution.zones or not zone or zone in resolution.zones):
            chosen.append(eni)
    return chosen or Unknown("the endpoint has no interface that the name answers with")


def _refused(site: Site, endpoint: Endpoint, found: Unknown) -> list[Branch]:
    return [conclude([incomplete(endpoint.id, "endpoint", found)], site.clients(4))]


def _side_by_side(branches: list[Branch]) -> Branch:
    verdict = alike(branch.verdict for branch in branches)
    keep = [b for b in branches if verdict is not Verdict.UNKNOWN or b.verdict is Verdict.UNKNOWN]
    return Branch(
        verdict,
        tuple(hop for branch in branches for hop in branch.hops),
        distinct(found for branch in keep for found in branch.blockers),
        tuple(missing for branch in branches for missing in branch.missing),
        Path.ENDPOINT,
    )


def _to_interface(site: Site, endpoint: Endpoint, eni: NetworkInterface, version: int) -> Branch:
    """Judge the way to one endpoint interface and back."""
    far = subnet_of(site.network, eni.subnet)
    if isinstance(far, Unknown):
        return conclude([incomplete(eni.id, "endpoint", far)], site.clients(version))
    addresses = eni.ipv4 if version == 4 else eni.ipv6
    if not addresses:
        because = f"{eni.id} of {endpoint.id} has no IPv{version} address"
        step = failed("EP_IP_FAMILY", endpoint.id, "endpoint", because, **site.ids(vpce=endpoint.id))
        return conclude([step], site.clients(version))
    number = int(ip_address(addresses[0]))
    steps, via, peering = cross(site, addresses[0], far)
    steps = [passed(eni.id, "endpoint", f"{endpoint.id} at {addresses[0]}"), *steps]
    steps += _groups(site, endpoint, eni, Box(number, number), version, via, peering)
    if far.id != site.subnet.id:
        steps += _acls(site, far, Box(number, number), version)
    return conclude(steps, site.clients(version))


def _acls(site: Site, far: Subnet, remote: Box, version: int) -> list[Step]:
    acl = acl_of(site.network, far.id)
    out = request_towards(site, site.acl, FN_OUT, remote, version, egress=True)
    home = reply_from(site, site.acl, FN_BACK, remote, version, egress=False)
    if isinstance(acl, Unknown):
        return [out, incomplete(far.id, "network_acl", acl), home]
    return [
        out,
        request_of(site, acl, EP_IN, version, egress=False),
        reply_to(site, acl, EP_BACK, version, egress=True),
        home,
    ]


def _groups(
    site: Site, endpoint: Endpoint, eni: NetworkInterface, remote: Box, version: int, via: Via, peering: str
) -> list[Step]:
    """Judge the security groups at both ends; they are stateful, so only the request counts.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing
    Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html#vpc-attachment-security
    """
    groups = eni.groups if isinstance(endpoint.groups, Unknown) else endpoint.groups or eni.groups
    honoured = via in (Via.LOCAL, Via.NOWHERE) or (via is Via.PEERING and _one_region(site, peering))
    ids = site.ids(vpce=endpoint.id, ep_sg=",".join(groups), cidr=str(ip_address_of(eni, version)))
    out = admit(
        site.network,
        site.flow.security_groups,
        remote,
        version,
        site.flow.port,
        egress=True,
        refers=_is_one_of(groups),
        honoured=honoured,
    )
    steps = [_own_groups(site, out, remote, ids)]
    opening: Region = ()
    by_reference: Region = ()
    rules: tuple[str, ...] = ()
    last = out
    for client in site.clients(version):
        last = admit(
            site.network,
            groups,
            Box(client.low, client.high),
            version,
            site.flow.port,
            egress=False,
            refers=_is_one_of(site.flow.security_groups),
            honoured=honoured,
        )
        opening += last.region
        by_reference += last.by_reference
        rules += last.rules
    whole = Opening(opening, by_reference, last.unread, last.hidden_list, rules)
    return [*steps, _their_groups(site, endpoint, groups, whole, ids, version)]


def ip_address_of(eni: NetworkInterface, version: int) -> str:
    """Return an interface's first address of a family, as a block."""
    return f"{eni.ipv4[0]}/32" if version == 4 else f"{eni.ipv6[0]}/128"


def _is_one_of(groups: tuple[str, ...]) -> Callable[[GroupReference], bool]:
    return lambda reference: reference.group in groups


def _one_region(site: Site, peering: str) -> bool:
    """Tell whether references may cross a peering: it is within one Region, as far as is known."""
    found = peering_of(site, peering)
    return isinstance(found, Unknown) or isinstance(found.state, Unknown) or found.regions[0] == found.regions[1]


def _own_groups(site: Site, out: Opening, remote: Box, ids: dict[str, str]) -> Step:
    groups = ",".join(site.flow.security_groups)
    if not subtract((remote,), out.region):
        return passed(groups, "security_group", some(out.rules))
    because = f"{groups} has no egress rule for tcp {site.flow.port} to {ids['cidr']}"
    return closed(out, groups, "FN_SG_EGRESS", {**ids, "sg": site.flow.security_groups[0]}, because)


def closed(opening: Opening, component: str, code: str, data: dict[str, str], because: str) -> Step:
    """Return the step for groups that do not admit the packets, as far as their rules are known."""
    if opening.hidden_list:
        unread = f"the entries of {opening.hidden_list}, which {component} allows, were not read"
        return undecided("PL_ENTRIES_UNKNOWN", opening.hidden_list, "security_group", data, because=unread)
    if opening.unread is not None:
        return incomplete(component, "security_group", opening.unread)
    return failed(code, component, "security_group", because, **data)


def _their_groups(
    site: Site, endpoint: Endpoint, groups: tuple[str, ...], opening: Opening, ids: dict[str, str], version: int
) -> Step:
    component = ",".join(groups) or endpoint.id
    whole = site.clients(version)
    ports = site.flow.source_ports
    left = meet(whole, tuple(Box(part.low, part.high, *ports) for part in opening.region))
    if not subtract(whole, left):
        return passed(component, "security_group", some(opening.rules))
    data = {**ids, "sg": groups[0] if groups else ""}
    if not groups:
        return incomplete(endpoint.id, "security_group", Unknown("the endpoint's security groups were not read"))
    code = "EP_SG_REF_NOT_HONOURED" if opening.by_reference else "EP_SG_INGRESS"
    if not left or opening.hidden_list or opening.unread is not None:
        because = f"{component} has no ingress rule for tcp {site.flow.port} from {ids['fn_cidr']} or {ids['fn_sg']}"
        if opening.by_reference:
            because = f"{component} allows {ids['fn_sg']} by reference, which does not count on this way"
        return closed(opening, component, code, data, because)
    because = f"{component} allows tcp {site.flow.port} from {region(left, version)} only, of {ids['fn_cidr']}"
    return partly(code, component, "security_group", left, because, **data)
