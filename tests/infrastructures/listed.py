"""What may differ between a plan, a template and an account of the same infrastructure, and why.

Beside these, a few things are made the same before anything is compared (`parity.py`): ids get the names that people
gave, since they are drawn anew each time, and so do the ends of secrets' ARNs and the ids of their versions;
collections whose order says nothing are ordered; an endpoint's policy, which is kept as the text it was written in, is
read as JSON. Of an origin only that there is one is compared, not the file and the line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class Listed(NamedTuple):
    """A fact that sources may say differently."""

    name: str
    pattern: str
    """Of `PATH: ONE -> OTHER`, whole: the plan comes before the template, and both before the account."""
    reason: str


_ROLE = r"roles/arn:aws:iam::\d+:role/[\w-]+"
_SECRET = r"secrets/eu-west-1 \S+"
_NETWORK = "networks/eu-west-1"
_ZONE = r"⟨zone [01] of eu-west-1⟩"

LISTED = (
    Listed("source", r"source/(kind|calls|seconds): \S+ -> \S+", "says which source it is, and what reading it took"),
    Listed("time", r"taken_at: .*", "a plan says when it was made, an account is read now, a template has no time"),
    Listed(
        "policy-encoded",
        rf"{_ROLE}/inline/(.*: absent -> present|policy .* is known only after apply; it refers to .* -> absent)",
        "a plan has no word of a policy that jsonencode() makes of references: there it is Unknown, and named",
    ),
    Listed(
        "statement-unplaced",
        r"origins/(policy|statement) .*: absent -> present",
        "a plan has no address for a statement inside a JSON text, and none for a policy that it does not show",
    ),
    Listed(
        "zone",
        rf"{_NETWORK}/subnets/[^/]+/az: (eu-west-1[ab] -> {_ZONE}|{_ZONE} -> eu-west-1[ab])",
        "Fn::GetAZs is answered when the stack is made; it stands for itself until then",
    ),
    Listed("origin", r"origins/.*: present -> absent", "nothing in an account is written down anywhere"),
    Listed(
        "organization",
        r"organizations/\d+/[sr]cps: .* not visible -> present|assumptions/.*SCPs and RCPs.*: present -> absent",
        "an account's organization can be asked; a file says nothing of it, and the report says so",
    ),
    Listed("unique-id", rf"{_ROLE}/unique_id: None -> ARO\w+", "drawn by IAM"),
    Listed("boundary-version", rf"{_ROLE}/boundary_version: None -> v1", "counted by IAM"),
    Listed(
        "stack-tags",
        rf"({_ROLE}|{_SECRET})/tags/aws:cloudformation:stack-(id|name): absent -> \S+",
        "CloudFormation marks what it makes",
    ),
    Listed(
        "version-keys",
        rf"{_SECRET}/versions/first/keys/\S.*: absent -> present",
        "ListSecretVersionIds says which key encrypted a version; a file only which key the secret has",
    ),
    Listed(
        "next-rotation",
        rf"{_SECRET}/rotation/next: None -> 20.*",
        "Secrets Manager plans it when the rotation is made",
    ),
    Listed(
        "key-names",
        r"keys/(arn:aws:kms:eu-west-1:\d+:)?alias/[\w-]+: present -> absent",
        "an account is asked for a key by what its secret calls it, a file tells all names",
    ),
    Listed(
        "alias-version",
        r"functions/[\w-]+/aliases/\w+/version: \$LATEST -> 1",
        "the version that a deployment publishes is what it declares; AWS counts it",
    ),
    Listed(
        "asked-by-alias",
        r"functions/[\w-]+:\w+: absent -> present",
        "in an account an alias may be asked for beside the function; a file declares one state of both",
    ),
    Listed(
        "not-asked",
        rf"{_NETWORK}/security_groups/vpc [\w-]+\.default-group: present -> absent"
        rf"|{_NETWORK}/prefix_lists: present -> DescribeManagedPrefixLists was not read"
        rf"|{_ROLE}: present -> absent",
        "of an account only what a function needs is read; a file tells all that it declares",
    ),
    Listed(
        "transit",
        rf"{_NETWORK}/transit_tables: .* not declared here -> present",
        "transit gateways are shared: that none is declared here says nothing of the account's",
    ),
    Listed(
        "table",
        r"tables/AWS managed policies: \S+ -> absent",
        "AWS's own policies are read from an account, and from a table beside a file",
    ),
    Listed(
        "nat-zones",
        rf"{_NETWORK}/nat_gateways/[^/]+/auto_zones: True -> AutoProvisionZones is none that is known",
        "EC2 says it of regional gateways; of a zonal one nothing asks it",
    ),
    Listed("free-addresses", rf"{_NETWORK}/subnets/[^/]+/free_addresses: None -> \d+", "counted by EC2"),
    Listed("zone-id", rf"{_NETWORK}/subnets/[^/]+/zone_id:  -> euw1-az\d", "each account has its own"),
    Listed(
        "endpoint-names",
        rf"{_NETWORK}/endpoints/[^/]+/names/\S.*\.amazonaws\.com\": absent -> present",
        "drawn by EC2; the private one is known by the service's name",
    ),
    Listed(
        "endpoint-default-policy",
        rf"{_NETWORK}/endpoints/[^/]+/policy: None -> "
        r'\{"Statement": \[\{"Action": "\*", "Effect": "Allow", "Principal": "\*", "Resource": "\*"\}\], .*\}',
        "EC2 writes out the full access that an endpoint without a policy has",
    ),
)


def counted(differences: Iterable[str]) -> tuple[Counter[str], list[str]]:
    """Return how often each listed fact differs, and the differences that are not listed."""
    counts: Counter[str] = Counter()
    unlisted = []
    for difference in differences:
        name = next((each.name for each in LISTED if re.fullmatch(each.pattern, difference)), None)
        if name is None:
            unlisted.append(difference)
        else:
            counts[name] += 1
    return counts, unlisted
