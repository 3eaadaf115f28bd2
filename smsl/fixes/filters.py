"""Steps on what filters packets: security groups and network ACLs, the narrowest rule first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smsl.fixes.places import endpoints_of, https_rule, subnets_of, vpcs_of
from smsl.fixes.policies import Candidate
from smsl.model.evidence import Access, Blocker
from smsl.model.finding import Step
from smsl.model.network import AclEntry, Network, NetworkAcl
from smsl.model.reach import Blocker as Fault
from smsl.model.unknown import Unknown

_REQUEST, _REPLY = (443, 443), (1024, 65535)
_LEGS = {
    # code: (the entry's egress flag, its ports)
    "FN_NACL_EGRESS": (True, _REQUEST),
    "FN_NACL_INGRESS": (False, _REPLY),
    "FN_NACL_EPHEMERAL_PARTIAL": (False, _REPLY),
    "EP_NACL_INGRESS": (False, _REQUEST),
    "EP_NACL_EGRESS": (True, _REPLY),
    "EP_NACL_EPHEMERAL_PARTIAL": (True, _REPLY),
}
_NAT_LEGS = ((False, _REQUEST), (True, _REQUEST), (False, _REPLY), (True, _REPLY))
_EVERYWHERE = ("0.0.0.0/0", "::/0")
_LAST = 32767
"""The rule that denies what none before it allowed; it cannot be changed."""


def open_endpoint_group(network: Network, access: Access, _: Blocker) -> Iterator[Candidate]:
    """Yield a rule that admits the function by its group, and one by its subnets' blocks."""
    endpoint = next(endpoints_of(network, access), None)
    if endpoint is None or isinstance(endpoint.groups, Unknown) or not endpoint.groups:
        return
    cidrs = tuple(str(each.ipv4) for each in subnets_of(network, access) if each.ipv4)
    summary = f"adds one inbound rule to the security group of {endpoint.id}"
    if access.function.security_groups:
        yield _rule(summary, "Ingress", endpoint.groups[0], access, groups=access.function.security_groups[:1])
    if cidrs:
        yield _rule(summary, "Ingress", endpoint.groups[0], access, cidrs=cidrs)


def open_function_group(network: Network, access: Access, _: Blocker) -> Iterator[Candidate]:
    """Yield a rule out to the endpoint's group, where the name leads to one, then to all addresses of a family."""
    if not access.function.security_groups:
        return
    group, summary = access.function.security_groups[0], "adds one outbound rule to the function's security group"
    endpoint = next(endpoints_of(network, access), None)
    if endpoint is not None and access.reach is not None and access.reach.endpoint == endpoint.id:
        groups = () if isinstance(endpoint.groups, Unknown) else endpoint.groups[:1]
        if groups:
            yield _rule(summary, "Egress", group, access, groups=groups)
    for cidr in _EVERYWHERE:
        yield _rule(summary, "Egress", group, access, cidrs=(cidr,))


def open_instance_group(network: Network, access: Access, blocker: Blocker) -> Iterator[Candidate]:
    """Yield a rule into the NAT instance's group, a rule out of it, and both."""
    interfaces = {} if isinstance(network.interfaces, Unknown) else network.interfaces
    named = _data(access, blocker).get("eni", "")
    groups = next((each.groups for each in interfaces.values() if each.id in (named, blocker.resource)), ())
    group = groups[0] if groups else blocker.resource.split(",")[0]
    cidrs = tuple(str(each.ipv4) for each in subnets_of(network, access) if each.ipv4)
    if not cidrs or not group.startswith("sg-"):
        return
    into = _rule("adds one inbound rule to the NAT instance's security group", "Ingress", group, access, cidrs=cidrs)
    out_of = _rule(
        "adds one outbound rule to the NAT instance's security group", "Egress", group, access, cidrs=_EVERYWHERE[:1]
    )
    yield from (into, out_of, _both("adds two rules to the NAT instance's security group", (into, out_of)))


def _data(access: Access, blocker: Blocker) -> dict[str, str]:
    """Return the ids that the trace gives with a blocker."""
    faults: Iterable[Fault] = () if access.reach is None else access.reach.blockers
    found = (dict(each.data) for each in faults if (each.code, each.component) == (blocker.code, blocker.resource))
    return next(found, {})


def _rule(
    summary: str,
    direction: str,
    group: str,
    access: Access,
    *,
    groups: tuple[str, ...] = (),
    cidrs: tuple[str, ...] = (),
) -> Candidate:
    parameters = {"GroupId": group, "IpPermissions": https_rule(groups, cidrs)}
    return Candidate(
        summary,
        (Step("ec2", f"AuthorizeSecurityGroup{direction}", parameters, access.function.region),),
        (Step("ec2", f"RevokeSecurityGroup{direction}", parameters, access.function.region),),
    )


def _both(summary: str, parts: Iterable[Candidate]) -> Candidate:
    found = tuple(parts)
    steps = tuple(step for part in found for step in part.steps)
    return Candidate(summary, steps, tuple(step for part in reversed(found) for step in part.undo))


def open_acl(network: Network, access: Access, blocker: Blocker) -> Iterator[Candidate]:
    """Yield an entry before the one that denies, for the other side's block, then for all addresses of a family."""
    acl = _acl(network, blocker)
    leg = _LEGS.get(blocker.code or "")
    if acl is None or leg is None:
        return
    rule = _data(access, blocker).get("rule", "")
    for cidr in _other_sides(network, access):
        found = _entry(acl, leg, cidr, access, rule)
        if found is not None:
            yield found


def open_nat_acl(network: Network, access: Access, blocker: Blocker) -> Iterator[Candidate]:
    """Yield an entry for each leg of a connection through a NAT gateway's subnet, and all of them."""
    acl = _acl(network, blocker)
    if acl is None:
        return
    found = [_entry(acl, leg, _EVERYWHERE[0], access, "") for leg in _NAT_LEGS]
    entries = [each for each in found if each is not None]
    yield from entries
    if len(entries) == len(_NAT_LEGS):
        yield _both(f"adds four entries to {acl.id}, before those that deny", entries)


def _acl(network: Network, blocker: Blocker) -> NetworkAcl | None:
    return None if isinstance(network.network_acls, Unknown) else network.network_acls.get(blocker.resource)


def _entry(
    acl: NetworkAcl, leg: tuple[bool, tuple[int, int]], cidr: str, access: Access, rule: str
) -> Candidate | None:
    egress, ports = leg
    number = _free_number(acl, rule, egress=egress, second=ports == _REPLY)
    if number is None:
        return None
    where = {"NetworkAclId": acl.id, "RuleNumber": number, "Egress": egress}
    entry = {
        **where,
        "Protocol": "6",
        "RuleAction": "allow",
        "Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr,
        "PortRange": {"From": ports[0], "To": ports[1]},
    }
    return Candidate(
        f"adds one entry to {acl.id}, before the one that denies",
        (Step("ec2", "CreateNetworkAclEntry", entry, access.function.region),),
        (Step("ec2", "DeleteNetworkAclEntry", where, access.function.region),),
    )


def _free_number(acl: NetworkAcl, rule: str, *, egress: bool, second: bool) -> int | None:
    """Return a free number below every deny of the direction; the `second` of two entries takes the next one down.

    The lowest number that matches decides, so what stands above the first deny is left as it is.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
    """
    entries: tuple[AclEntry, ...] = () if isinstance(acl.entries, Unknown) else acl.entries
    if isinstance(acl.entries, Unknown):
        return None
    taken = {each.number for each in entries if each.egress is egress}
    denies = [each.number for each in entries if each.egress is egress and not each.allow]
    below = min([*denies, int(rule) if rule.isdecimal() else _LAST])
    if below >= _LAST:  # only the last rule denies: the next round number after the others
        below = max(taken - {below}, default=0) // 10 * 10 + 20
    free = [number for number in range(1, min(below, _LAST)) if number not in taken]
    return free[-2 if second and len(free) > 1 else -1] if free else None


def _other_sides(network: Network, access: Access) -> Iterator[str]:
    """Yield the blocks that hold the other end, the narrowest first: the VPC's own, when the path is an endpoint."""
    if access.reach is not None and access.reach.endpoint is not None:
        yield from dict.fromkeys(str(vpc.cidrs[0]) for vpc in vpcs_of(network, access) if vpc.cidrs)
    yield from _EVERYWHERE
