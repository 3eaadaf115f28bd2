"""Root causes: why the name leads to public addresses that the function cannot reach.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-private-dns
Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-ipv6
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

from smsl.model.network import Endpoint, Route, RouteState, Target
from smsl.model.reach import Blocker
from smsl.model.unknown import Unknown
from smsl.net.routes import choices
from smsl.net.site import Site, subnet_of
from smsl.net.step import blocker
from smsl.net.zones import covers_name, services, serving

_FAR = (Target.PEERING, Target.TRANSIT_GATEWAY, Target.OPAQUE)


def dns_causes(site: Site) -> tuple[Blocker, ...]:
    """Return the faults that keep an endpoint, here or elsewhere, from owning the name."""
    near = tuple(_of_serving(site))
    if near:
        return near
    return tuple(_of_zone(site)) or tuple(_of_wrong_service(site)) or tuple(elsewhere(site, routed=True))


def _of_serving(site: Site) -> Iterator[Blocker]:
    for endpoint in serving(site, site.vpc.id):
        data = site.ids(vpce=endpoint.id)
        if not isinstance(endpoint.state, Unknown) and endpoint.state != "available":
            yield blocker("EP_NOT_AVAILABLE", endpoint.id, data, f"{endpoint.id} is {endpoint.state}")
            continue
        if endpoint.private_dns is False:
            yield blocker("EP_PRIVATE_DNS_OFF", endpoint.id, data, f"{endpoint.id}: PrivateDnsEnabled is false")
        if site.vpc.dns_hostnames is False:
            yield _hostnames_off(site, data)


def _of_zone(site: Site) -> Iterator[Blocker]:
    zones = site.network.hosted_zones
    found = () if isinstance(zones, Unknown) else zones.get(site.vpc.id, ())
    if isinstance(found, Unknown) or site.vpc.dns_hostnames is not False:
        return
    if any(covers_name(zone.name, site.flow.name) for zone in found):
        yield _hostnames_off(site, site.ids())


def _hostnames_off(site: Site, data: dict[str, str]) -> Blocker:
    return blocker("DNS_HOSTNAMES_OFF", site.vpc.id, data, f"{site.vpc.id}: enableDnsHostnames is false")


def _endpoints(site: Site, names: tuple[str, ...]) -> list[Endpoint]:
    endpoints = site.network.endpoints
    return [] if isinstance(endpoints, Unknown) else [endpoints[name] for name in names]


def _of_wrong_service(site: Site) -> Iterator[Blocker]:
    for endpoint in _endpoints(site, site.network.endpoints_of_vpc.get(site.vpc.id, ())):
        if endpoint.type == "Interface" and isinstance(endpoint.service, str):
            kind = endpoint.service.rsplit(".", 1)[-1]
            if kind in ("secretsmanager", "secretsmanager-fips") and endpoint.service not in services(site):
                because = f"{endpoint.id} is for {endpoint.service}"
                yield blocker("EP_WRONG_SERVICE", endpoint.id, site.ids(vpce=endpoint.id), because)


def elsewhere(site: Site, *, routed: bool) -> Iterator[Blocker]:
    """Yield the fault that the service's endpoint is in another VPC, and no name of this one leads to it.

    Args:
        site: The function's side.
        routed: Whether to ask for a route towards it: with one, the name alone is missing.
    """
    names = tuple(n for service in services(site) for n in site.network.endpoints_of_service.get(service, ()))
    for endpoint in _endpoints(site, names):
        live = endpoint.type == "Interface" and endpoint.state == "available" and endpoint.vpc != site.vpc.id
        if live and _leads_to(site, endpoint) == routed:
            because = f"{endpoint.id} is in {endpoint.vpc}"
            found = blocker("EP_OTHER_VPC_NO_DNS", endpoint.id, site.ids(vpce=endpoint.id), because)
            yield replace(found, contributing=not routed)
            return


def _leads_to(site: Site, endpoint: Endpoint) -> bool:
    """Tell whether the subnet's table has a way out of the VPC towards one of the endpoint's interfaces."""
    interfaces = site.network.interfaces
    if isinstance(interfaces, Unknown) or isinstance(endpoint.interfaces, Unknown):
        return False
    for name in endpoint.interfaces:
        eni = interfaces.get(name)
        if eni is None or isinstance(subnet_of(site.network, eni.subnet), Unknown):
            continue
        for address in eni.ipv4:
            chosen = choices(site.network, site.table, ip_network(address))
            choice = None if isinstance(chosen, Unknown) else chosen[0][1]
            if isinstance(choice, Route) and choice.target in _FAR and choice.state is RouteState.ACTIVE:
                return True
    return False


def missing_endpoint(site: Site) -> tuple[Blocker, ...]:
    """Return the contributing fact that the VPC has no endpoint for the service, if that is known."""
    if isinstance(site.network.endpoints, Unknown) or any(serving(site, site.vpc.id)):
        return ()
    because = f"{site.vpc.id} has no interface endpoint for {services(site)[0]}"
    return (replace(blocker("EP_MISSING", site.vpc.id, site.ids(), because), contributing=True),)


def ipv6_causes(site: Site) -> tuple[Blocker, ...]:
    """Return what keeps the function from a way that works over IPv6."""
    found = []
    if not site.flow.ipv6_allowed:
        because = "Ipv6AllowedForDualStack is false"
        found.append(blocker("FN_IPV6_DISABLED", site.subnet.id, site.ids(), because))
    for name in site.flow.subnets:
        subnet = subnet_of(site.network, name)
        if not isinstance(subnet, Unknown) and not subnet.ipv6:
            because = f"{name} has no IPv6 block"
            found.append(blocker("FN_SUBNET_NOT_DUALSTACK", name, site.ids() | {"subnet": name}, because))
    return tuple(found)
