"""Out through a NAT instance: an interface that a default route points at.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html
"""

from __future__ import annotations

from smsl.model.network import Network, NetworkInterface
from smsl.model.unknown import Maybe, Unknown
from smsl.net import words
from smsl.net.boxes import Box, Region, subtract
from smsl.net.endpoint import closed
from smsl.net.filters import admit, blocks_of
from smsl.net.nat import Entry, Ways, out_of
from smsl.net.routes import grouped
from smsl.net.site import Site, subnet_of
from smsl.net.step import Step, failed, incomplete, passed, undecided


def instance(site: Site, name: str, part: Region) -> Ways:
    """Judge an interface that a default route points at as a NAT instance's."""
    found = _interface(site.network, name)
    data = site.ids(eni=name)
    if isinstance(found, Unknown):
        return [(part, [incomplete(name, "nat", found)])]
    if found.type != "interface":
        because = f"{name} is an interface of type {found.type}"
        return [(part, [undecided("RT_MIDDLEBOX", name, "nat", data, because=because)])]
    end = subnet_of(site.network, found.subnet)
    groups = found.groups or Unknown("the interface's groups were not read", ("ec2:DescribeNetworkInterfaces",))
    for fact in (found.source_dest_check, found.public_ip, groups):
        if isinstance(fact, Unknown):
            return [(part, [incomplete(name, "nat", fact)])]
    if isinstance(end, Unknown):
        return [(part, [incomplete(name, "nat", end)])]
    steps = []
    if found.source_dest_check:
        steps.append(failed("NATI_SRC_DST_CHECK", name, "nat", f"{name}: the source/destination check is on", **data))
    if not found.public_ip:
        steps.append(failed("NATI_NO_PUBLIC_IP", name, "nat", f"{name} has no public address", **data))
    first = passed(name, "nat", f"{name} is a NAT instance's, in {end.id}")
    ways: Ways = []
    for piece in grouped(part, blocks_of(site.network, found.groups, 4)):
        filters = _instance_groups(site, found, piece[0], data)
        ways += [
            (sub, [*more, *steps, *filters])
            for sub, more in out_of(site, end, piece, first, Entry(site.subnet), instance=True)
        ]
    return ways


def _interface(network: Network, name: str) -> Maybe[NetworkInterface]:
    interfaces = network.interfaces
    if isinstance(interfaces, Unknown):
        return interfaces
    return interfaces.get(name) or Unknown("an interface was not read", ("ec2:DescribeNetworkInterfaces",))


def _instance_groups(site: Site, found: NetworkInterface, part: Box, data: dict[str, str]) -> list[Step]:
    """Judge the NAT instance's groups: in from the function's subnet, out to the internet."""
    component = ",".join(found.groups) or found.id
    data = {**data, "sg": component}
    steps = []
    remotes = [(Box(client.low, client.high), False) for client in site.clients(4)]
    for remote, egress in (*remotes, (part, True)):
        opening = admit(
            site.network,
            found.groups,
            remote,
            4,
            site.flow.port,
            egress=egress,
            refers=lambda reference: reference.group in site.flow.security_groups,
            honoured=not egress,  # the internet carries no group
        )
        if subtract((Box(remote.low, remote.high),), opening.region):
            way = "egress rule for tcp {} to" if egress else "ingress rule for tcp {} from"
            because = f"{component} has no {way.format(site.flow.port)} {words.remote(remote, 4)}"
            steps.append(closed(opening, component, "NATI_SG", data, because))
        else:
            steps.append(passed(component, "security_group", words.some(opening.rules)))
    return steps
