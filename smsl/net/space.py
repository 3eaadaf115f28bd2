"""The public address space: Secrets Manager answers somewhere in it, and no Describe answer says where.

Source: https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml
Source: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
"""

from __future__ import annotations

from ipaddress import ip_network

from smsl.model.network import Network
from smsl.model.unknown import Unknown
from smsl.net.boxes import Box, Region, box, subtract

_SPECIAL = {
    4: (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
    ),
    6: ("2001:db8::/32", "2001::/23", "2002::/16", "3fff::/20"),
}
_WHOLE = {4: "0.0.0.0/0", 6: "2000::/3"}

_PUBLIC: dict[int, Region] = {
    version: tuple(
        Box(part.low, part.high)
        for part in subtract((box(ip_network(whole)),), [box(ip_network(block)) for block in _SPECIAL[version]])
    )
    for version, whole in _WHOLE.items()
}


def public_space(network: Network, version: int) -> Region:
    """Return the addresses of a family where Secrets Manager may answer.

    AWS's own prefix lists (S3, DynamoDB, the managed external secrets) hold none of them.
    """
    lists = network.prefix_lists
    if isinstance(lists, Unknown):
        return _PUBLIC[version]
    known = [found.entries for found in lists.values() if found.aws and not isinstance(found.entries, Unknown)]
    blocks = {cidr for entries in known for cidr in entries if cidr.version == version and cidr.prefixlen > 0}
    return subtract(_PUBLIC[version], [box(block) for block in blocks])
