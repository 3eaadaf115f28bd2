"""Private hosted zones: what a zone that covers the name answers, and which endpoint that is.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address

from smsl.model.network import DnsRecord, Endpoint, HostedZone, Target
from smsl.model.reach import Verdict
from smsl.model.unknown import Unknown
from smsl.net.boxes import Box
from smsl.net.resolution import Resolution
from smsl.net.routes import choose, rows
from smsl.net.site import Site
from smsl.net.step import Step, failed, incomplete, passed, undecided

_CHAIN = 8
"""As many names as are followed from one to the next."""


def services(site: Site) -> tuple[str, ...]:
    """Return the names of the endpoint service that the flow talks to."""
    name = f"com.amazonaws.{site.flow.target_region}.{site.flow.service}"
    return (name, f"cn.{name}")


def covers_name(domain: str, name: str) -> bool:
    """Tell whether a domain (empty for the root) equals a name or is a parent of it."""
    return not domain or name == domain or name.endswith("." + domain)


def serving(site: Site, vpc: str) -> Iterator[Endpoint]:
    """Yield the interface endpoints of a VPC, whatever their state, that are for the service or may be."""
    endpoints = site.network.endpoints
    if isinstance(endpoints, Unknown):
        return
    wanted = services(site)
    for name in (*site.network.endpoints_of_vpc.get(vpc, ()), *site.network.endpoints_of_vpc.get("", ())):
        found = endpoints[name]
        if found.type == "Interface" and (isinstance(found.service, Unknown) or found.service in wanted):
            yield found


def lookup(site: Site, zone: HostedZone) -> Resolution:
    """Return what a zone answers for the name: the resolver asks nobody else once a zone covers it."""
    name = site.flow.name
    if isinstance(zone.records, Unknown):
        return Resolution((incomplete(zone.id, "dns", zone.records),), settled=True)
    if any(r.type == "NS" and r.name != zone.name and covers_name(r.name, name) for r in zone.records):
        because = f"hosted zone {zone.name} ({zone.id}) delegates the name to other servers"
        step = undecided("DNS_FORWARD_RULE", zone.id, "dns", site.ids(zone=zone.id), because=because)
        return Resolution((step,), settled=True)
    records = _addresses(zone.records, name)
    if not any(record.values for record in records):
        because = f"hosted zone {zone.name} ({zone.id}) has no record for {name}"
        step = failed("DNS_PHZ_SHADOW", zone.id, "dns", because, **site.ids(zone=zone.id))
        return Resolution((step,), settled=True)
    for collection in (site.network.endpoints, site.network.interfaces):
        if isinstance(collection, Unknown):
            return Resolution((incomplete(zone.id, "dns", collection),), settled=True)
    types = {record.type for record in records}
    version = {frozenset({"A"}): 4, frozenset({"AAAA"}): 6}.get(frozenset(types), 0)
    return _follow(site, zone, [value for record in records for value in record.values], version)


def _addresses(records: tuple[DnsRecord, ...], name: str) -> list[DnsRecord]:
    """Return the address records of a name, those of other records of the zone that it points at in its place."""
    found = [record for record in _matching(records, name) if record.type in ("A", "AAAA", "CNAME")]
    for _ in range(_CHAIN):
        followed = [
            replace(end, type=end.type if record.type == "CNAME" else record.type)
            for record in found
            for end in _pointed_at(records, record)
        ]
        if followed == found:
            break
        found = followed
    return found


def _pointed_at(records: tuple[DnsRecord, ...], record: DnsRecord) -> list[DnsRecord]:
    named = [
        end
        for value in record.values
        for end in records
        if end.name == value and end.type in ("A", "AAAA", "CNAME") and record.type in ("CNAME", end.type)
    ]
    return named or [record]


def _matching(records: tuple[DnsRecord, ...], name: str) -> list[DnsRecord]:
    """Return the records of the name, or of the wildcard nearest to it."""
    labels = name.split(".")
    for owner in (name, *("*." + ".".join(labels[i:]) for i in range(1, len(labels)))):
        found = [record for record in records if record.name == owner]
        if found:
            return found
    return []


def _follow(site: Site, zone: HostedZone, values: list[str], version: int) -> Resolution:
    """Return the endpoints that a zone's values name; a value that names none is stale."""
    endpoints: dict[str, None] = {}
    interfaces: list[str] = []
    zones: list[str] = []
    lost: list[Step] = []
    for value in dict.fromkeys(values):
        endpoint, interface = _named(site, value)
        if endpoint is None:
            lost.append(_stale(site, zone, value))
            continue
        if isinstance(endpoint.state, Unknown):
            return Resolution((incomplete(endpoint.id, "endpoint", endpoint.state),), settled=True)
        if endpoint.state != "available":
            because = f"{endpoint.id} is {endpoint.state}"
            lost.append(failed("EP_NOT_AVAILABLE", endpoint.id, "endpoint", because, **site.ids(vpce=endpoint.id)))
            continue
        endpoints[endpoint.id] = None
        interfaces.extend([interface] if interface else [])
        zones.extend(zone_name for zone_name in [_zonal(value)] if zone_name)
    if not endpoints:
        unknown = [step for step in lost if step.verdict is Verdict.UNKNOWN]
        return Resolution(tuple(unknown or lost), settled=True)
    steps = [passed(zone.id, "dns", f"hosted zone {zone.name} answers with {', '.join(endpoints)}")]
    for step in lost:
        some = Verdict.UNKNOWN if step.verdict is Verdict.UNKNOWN else Verdict.PARTIAL
        steps.append(Step(step.hop, some, step.blocker))
    return Resolution(tuple(steps), tuple(endpoints), tuple(zones), tuple(interfaces), version)


def _named(site: Site, value: str) -> tuple[Endpoint | None, str]:
    """Return the endpoint of the service that a name or address stands for, and the interface if an address."""
    network = site.network
    if isinstance(network.endpoints, Unknown):
        return None, ""
    name = network.endpoint_of_name.get(value.removeprefix("dualstack."))
    interface = ""
    if name is None:
        candidates = []
        for interface in network.interfaces_of_address.get(value, ()):
            owner = network.endpoint_of_interface.get(interface)
            if owner is not None:
                candidates.append((network.endpoints[owner].vpc != site.vpc.id, owner, interface))
        if not candidates:
            return None, ""
        _, name, interface = min(candidates)
    found = network.endpoints[name]
    return (found if found.service in services(site) else None), interface


def _zonal(value: str) -> str:
    """Return the Availability Zone of a zonal endpoint name (``vpce-id-suffix-eu-west-1a.service...``), or nothing."""
    parts = value.split(".", maxsplit=1)[0].split("-")
    return "-".join(parts[3:]) if parts[0] == "vpce" else ""


def _stale(site: Site, zone: HostedZone, value: str) -> Step:
    """Judge a value that names no endpoint of the snapshot: dead, unless it may lie in a network that was not read."""
    data = site.ids(zone=zone.id)
    because = f"hosted zone {zone.name} ({zone.id}) answers with {value}"
    if _may_be_elsewhere(site, value):
        return undecided("RT_OPAQUE_TARGET", zone.id, "dns", data, because=f"{because}, whose network was not read")
    return failed("DNS_PHZ_STALE", zone.id, "dns", because, **data)


def _may_be_elsewhere(site: Site, value: str) -> bool:
    routes = site.table.routes
    vpcs = site.network.vpcs
    if isinstance(routes, Unknown) or isinstance(vpcs, Unknown):
        return True
    far = (Target.TRANSIT_GATEWAY, Target.PEERING, Target.OPAQUE)
    try:
        address = ip_address(value)
    except ValueError:
        return ".vpce." in value and any(route.target in far for route in routes)
    number = int(address)
    if any(address in block for vpc in vpcs.values() for block in vpc.cidrs if block.version == address.version):
        return False
    choice = choose(*rows(site.network, routes, address.version), Box(number, number))
    return choice is not None and getattr(choice, "target", Target.OPAQUE) in far
