"""What the function's DNS name resolves to: DNS picks the path, and there is no fallback to another.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html#vpc-dns-support
Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from smsl.model.network import HostedZone, Network, Vpc
from smsl.model.unknown import Maybe, Unknown
from smsl.net.resolution import Resolution
from smsl.net.site import Site
from smsl.net.step import Step, failed, incomplete, passed, undecided
from smsl.net.zones import covers_name, lookup, serving

_AMAZON = ("amazonprovideddns", "169.254.169.253", "fd00:ec2::253")


def resolve(site: Site) -> Resolution:
    """Return what the VPC's resolver answers."""
    broken = _resolver(site)
    if broken is not None:
        return Resolution((broken,), settled=True)
    rule = _rule(site)
    if isinstance(rule, Unknown):
        return Resolution((incomplete(site.flow.name, "dns", rule),), settled=True)
    managed = _managed(site)
    if isinstance(managed, Unknown):
        return Resolution((incomplete(site.flow.name, "dns", managed),), settled=True)
    exact = len(site.flow.name)
    if managed.endpoints and rule.length < exact:
        return managed
    zone = _zone(site)
    if isinstance(zone, Unknown) and not managed.endpoints and not (rule.length >= exact and rule.forward):
        return Resolution((incomplete(site.flow.name, "dns", zone),), settled=True)
    length = len(zone.name) if isinstance(zone, HostedZone) else -1
    if rule.forward and rule.length >= max(length, 0):
        because = f"{rule.id} forwards {rule.domain or 'every name'}"
        found = undecided("DNS_FORWARD_RULE", rule.id, "dns", site.ids(rule=rule.id), because=because)
        return Resolution((found,), settled=True)
    if managed.endpoints:
        return managed
    if isinstance(zone, HostedZone):
        return lookup(site, zone)
    return managed


def _resolver(site: Site) -> Step | None:
    """Return the step that ends resolution before it begins, if any."""
    vpc = site.vpc
    servers = _servers(site.network, vpc)
    if isinstance(servers, Unknown):
        return incomplete(vpc.id, "dns", servers)
    if not any(_is_amazon(server, vpc) for server in servers):
        because = f"{vpc.id}: the DHCP options {vpc.dhcp_options} name {', '.join(servers) or 'no DNS server'}"
        return undecided("DNS_CUSTOM_SERVERS", vpc.id, "dns", site.ids(), because=because)
    if isinstance(vpc.dns_support, Unknown):
        return incomplete(vpc.id, "dns", vpc.dns_support)
    if not vpc.dns_support:
        return failed("DNS_SUPPORT_OFF", vpc.id, "dns", f"{vpc.id}: enableDnsSupport is false", **site.ids())
    return None


def _servers(network: Network, vpc: Vpc) -> Maybe[tuple[str, ...]]:
    if isinstance(vpc.dhcp_options, Unknown):
        return vpc.dhcp_options
    if vpc.dhcp_options == "default":
        return ("AmazonProvidedDNS",)
    if isinstance(network.dhcp_options, Unknown):
        return network.dhcp_options
    missing = Unknown("the VPC's DHCP options were not read", ("ec2:DescribeDhcpOptions",))
    return network.dhcp_options.get(vpc.dhcp_options, missing)


def _is_amazon(server: str, vpc: Vpc) -> bool:
    """Tell the Route 53 Resolver by any of its names: the base of the VPC's first IPv4 block plus two is one."""
    if server.lower() in _AMAZON:
        return True
    try:
        address = ip_address(server)
    except ValueError:
        return False
    first = next((block for block in vpc.cidrs if block.version == 4), None)
    return first is not None and address == first.network_address + 2


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str = ""
    domain: str = ""
    length: int = -1
    forward: bool = False


def _rule(site: Site) -> Maybe[_Rule]:
    """Return the most specific resolver rule of the VPC that covers the name."""
    network = site.network
    if isinstance(network.resolver_associations, Unknown):
        return network.resolver_associations
    best = _Rule()
    for name in network.rules_of_vpc.get(site.vpc.id, ()):
        if isinstance(network.resolver_rules, Unknown):
            return network.resolver_rules
        rule = network.resolver_rules.get(name)
        if rule is None:
            if name.startswith("rslvr-autodefined"):
                continue
            return Unknown("an associated resolver rule was not read", ("route53resolver:ListResolverRules",))
        if covers_name(rule.domain, site.flow.name):
            # the autodefined rule for the root is RECURSIVE: the resolver itself asks the internet
            found = _Rule(rule.id, rule.domain, len(rule.domain), rule.type not in ("SYSTEM", "RECURSIVE"))
            best = max(best, found, key=lambda each: (each.length, each.forward))
    return best


def _managed(site: Site) -> Maybe[Resolution]:
    """Return the endpoints whose private DNS owns the name, else an answer that leads to the public addresses."""
    network, vpc = site.network, site.vpc
    if isinstance(network.endpoints, Unknown):
        return network.endpoints
    owners, doubtful = [], []
    for endpoint in serving(site, vpc.id):
        facts = (endpoint.vpc, endpoint.service, endpoint.private_dns, endpoint.state, vpc.dns_hostnames)
        if endpoint.private_dns is False or vpc.dns_hostnames is False:
            continue
        unread = next((fact for fact in facts if isinstance(fact, Unknown)), None)
        if unread is not None:
            return unread
        if endpoint.state == "available":
            owners.append(endpoint.id)
        elif endpoint.state in ("pending", "partial"):
            doubtful.append(endpoint.id)
    if owners:
        step = passed(site.flow.name, "dns", f"private DNS of {', '.join(owners)} owns the name")
        return Resolution((step,), endpoints=tuple(owners))
    step = passed(site.flow.name, "dns", "resolves to the service's public addresses")
    return Resolution((step,), doubtful=tuple(doubtful))


def _zone(site: Site) -> Maybe[HostedZone | None]:
    """Return the most specific private hosted zone of the VPC that covers the name."""
    if site.vpc.dns_hostnames is False:
        return None
    zones = site.network.hosted_zones
    if isinstance(zones, Unknown):
        return zones
    found = zones.get(site.vpc.id, Unknown("the VPC's hosted zones were not read", ("route53:ListHostedZonesByVPC",)))
    if isinstance(found, Unknown):
        return found
    covering = [zone for zone in found if covers_name(zone.name, site.flow.name)]
    if covering and isinstance(site.vpc.dns_hostnames, Unknown):
        return site.vpc.dns_hostnames
    return max(covering, key=lambda zone: (len(zone.name), zone.id), default=None)
