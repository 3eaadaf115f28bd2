"""One account known from its plan, its template and its deployment: the same facts under the same names.

What AWS draws differs each time, and stands in a plan under its address and in a template under its logical id. Here
every id gets the name that people gave the resource: its Name tag, a key's description, a secret's name. The names come
from the plan's values, from the template's text and from the services' own answers, not from what smsl read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import boto3

from smsl.lab.account import REGION
from smsl.lab.stage import bare_session
from smsl.model.report import Report
from smsl.model.snapshot import Snapshot
from smsl.model.standin import SUFFIX, drawn

ABSENT, PRESENT = "absent", "present"
"""Stand for a thing that only one of two sources has."""
_KINDS = {
    "vpc": ("AWS::EC2::VPC", "aws_vpc"),
    "subnet": ("AWS::EC2::Subnet", "aws_subnet"),
    "sg": ("AWS::EC2::SecurityGroup", "aws_security_group"),
    "acl": ("AWS::EC2::NetworkAcl", "aws_network_acl"),
    "vpce": ("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint"),
    "rtb": ("AWS::EC2::RouteTable", "aws_route_table"),
    "nat": ("AWS::EC2::NatGateway", "aws_nat_gateway"),
    "igw": ("AWS::EC2::InternetGateway", "aws_internet_gateway"),
    "key": ("AWS::KMS::Key", "aws_kms_key"),
}
"""What an id begins with, a key's excepted, by the resource's types in templates and plans."""
_KIND_OF = {type_: kind for kind, types in _KINDS.items() for type_ in types}
_ORDERED = frozenset({"layers", "cidrs", "scps", "rcps", "statements"})
"""Members whose order means something."""

Names = Mapping[str, str]
"""Ids to the names that people gave."""
Tree = dict[str, object]
"""Members by name, down to texts and numbers."""


def names_in_plan(text: str) -> dict[str, str]:
    """Return the name of each resource of a plan, by its stand-in."""
    found = {}
    for change in json.loads(text)["resource_changes"]:
        after = change["change"]["after"]
        if kind := _KIND_OF.get(change["type"]):
            found[drawn(change["address"])] = f"{kind} {_named(kind, after.get('tags'), after.get('description'))}"
    return _distinct(found)


def names_in_template(resources: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the name of each resource of a template, by its stand-in."""
    found = {}
    for logical, resource in resources.items():
        properties = resource.get("Properties", {})
        if kind := _KIND_OF.get(resource["Type"]):
            tags = {each["Key"]: each["Value"] for each in properties.get("Tags", ())}
            found[drawn(logical)] = f"{kind} {_named(kind, tags, properties.get('Description'))}"
    return _distinct(found)


def _named(kind: str, tags: Mapping[str, str] | None, description: str | None) -> str:
    name = description if kind == "key" else (tags or {}).get("Name")
    if not name:
        raise AssertionError(f"a {kind} has no name to be known by")
    return name


def names_in_account(url: str) -> dict[str, str]:
    """Return the name of each thing in an account, by its id, from the services' own answers."""
    session = boto3.session.Session(region_name=REGION, botocore_session=bare_session())
    ec2, kms, secrets = (session.client(each, endpoint_url=url) for each in ("ec2", "kms", "secretsmanager"))
    tags = ec2.describe_tags(Filters=[{"Name": "key", "Values": ["Name"]}])["Tags"]
    found = _distinct({each["ResourceId"]: f"{each['ResourceId'].split('-')[0]} {each['Value']}" for each in tags})
    found |= dict(_given_with_a_vpc(ec2, found))
    found |= dict(_interfaces(ec2, found))
    for key in kms.list_keys()["Keys"]:
        told = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if told["KeyManager"] == "CUSTOMER":
            found[key["KeyId"]] = f"key {_named('key', None, told['Description'])}"
    for secret in secrets.list_secrets()["SecretList"]:
        found[secret["ARN"]] = secret["ARN"][: -len(SUFFIX)] + SUFFIX
        versions = secret.get("SecretVersionsToStages", {})
        found |= {version: "first" for version, stages in versions.items() if "AWSCURRENT" in stages}
    return found


def _given_with_a_vpc(ec2: Any, names: Names) -> Iterator[tuple[str, str]]:
    """Yield what every VPC is made with, named after it as a declaration names it."""
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        if group["GroupName"] == "default" and group["VpcId"] in names:
            yield group["GroupId"], f"{names[group['VpcId']]}.default-group"
    for table in ec2.describe_route_tables()["RouteTables"]:
        if any(each["Main"] for each in table["Associations"]) and table["VpcId"] in names:
            yield table["RouteTableId"], f"{names[table['VpcId']]}.main-table"
    for acl in ec2.describe_network_acls()["NetworkAcls"]:
        if acl["IsDefault"] and acl["VpcId"] in names:
            yield acl["NetworkAclId"], f"{names[acl['VpcId']]}.default-acl"
    for vpc in ec2.describe_vpcs()["Vpcs"]:
        if vpc["VpcId"] in names:
            yield vpc["DhcpOptionsId"], "default-dhcp"


def _interfaces(ec2: Any, names: Names) -> Iterator[tuple[str, str]]:
    """Yield the interfaces of endpoints, named after the endpoint and the subnet."""
    homes = {
        each["NetworkInterfaceId"]: each["SubnetId"] for each in ec2.describe_network_interfaces()["NetworkInterfaces"]
    }
    for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]:
        for interface in endpoint.get("NetworkInterfaceIds", ()):
            yield interface, f"{names[endpoint['VpcEndpointId']]}.{names[homes[interface]]}"


def _distinct(names: dict[str, str]) -> dict[str, str]:
    """Return names of which no two are the same: else two things would be taken for one."""
    assert len({*names.values()}) == len(names)
    return names


def facts_of(thing: Snapshot | Report, names: Names) -> Tree:
    """Return all that a snapshot or a report says, by the names that people gave."""
    told = _named_members("", _in_order("", _renamed(_plain("", thing), names)))
    assert isinstance(told, dict)
    return told


def differences(one: object, other: object, path: str = "") -> Iterator[str]:
    """Yield what is not the same, as `PATH: ONE -> OTHER`.

    A thing that only one of them has is one difference, however much there is to say of it.
    """
    if isinstance(one, dict) and isinstance(other, dict) and one.get("is") == other.get("is"):
        for key in sorted({*one, *other}):
            yield from differences(one.get(key, ABSENT), other.get(key, ABSENT), f"{path}/{key}" if path else key)
    elif one != other:
        yield f"{path}: {_said(one)} -> {_said(other)}"


def _said(tree: object) -> str:
    return str(tree.get("reason", PRESENT)) if isinstance(tree, dict) else str(tree)


def _plain(of: str, thing: object) -> object:
    """Return a thing as dictionaries, tuples and texts, its type told where another could have the same members."""
    if is_dataclass(thing):
        members = {each.name: _plain(each.name, getattr(thing, each.name)) for each in fields(thing) if each.compare}
        return {"is": type(thing).__name__, **members}
    if of == "origins":
        return {_key(key): PRESENT for key in thing}  # that it is written down is compared, not where
    if isinstance(thing, Mapping):
        return {_key(key): _plain("", value) for key, value in thing.items()}
    if isinstance(thing, tuple):
        return tuple(_plain("", each) for each in thing)
    if isinstance(thing, Enum):
        return str(thing.value)
    if of == "policy" and isinstance(thing, str):
        return json.dumps(json.loads(thing), sort_keys=True)  # an endpoint's, in whatever layout it was written
    return thing if thing is None or isinstance(thing, bool | int | float | str) else str(thing)


def _key(key: object) -> str:
    if is_dataclass(key):
        return " ".join(str(getattr(key, each.name)) for each in fields(key))
    return " ".join(key) if isinstance(key, tuple) else str(key)


def _renamed(thing: object, names: Names) -> object:
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)")

    def walk(each: object) -> object:
        if isinstance(each, str):
            return pattern.sub(lambda match: names[match[0]], each)
        if isinstance(each, dict):
            return {walk(key): walk(value) for key, value in each.items()}
        return tuple(map(walk, each)) if isinstance(each, tuple) else each

    return walk(thing)


def _in_order(of: str, thing: object) -> object:
    """Put into one order what has none."""
    if isinstance(thing, dict):
        return {key: _in_order(key, value) for key, value in thing.items()}
    if isinstance(thing, tuple):
        members = tuple(_in_order("", each) for each in thing)
        return members if of in _ORDERED else tuple(sorted(members, key=_text))
    return thing


def _text(thing: object) -> str:
    return json.dumps(thing, sort_keys=True, ensure_ascii=False)


def _named_members(of: str, thing: object) -> object:
    """Turn collections into trees: members by place where that means something, else by what they are."""
    if isinstance(thing, dict):
        return {key: _named_members(key, value) for key, value in thing.items()}
    if not isinstance(thing, tuple):
        return thing
    if of in _ORDERED:
        return {str(place): _named_members("", each) for place, each in enumerate(thing)}
    labels = [_label(each) for each in thing]
    if len({*labels}) == len(labels) and "" not in labels:
        return {label: _named_members("", each) for label, each in zip(labels, thing, strict=True)}
    return {_text(each): PRESENT for each in thing}


def _label(thing: object) -> str:
    """Return what one member of a collection is called, as far as it is called anything."""
    match thing:
        case {"name": name, "asked": asked}:
            return f"{name}:{asked}" if asked else str(name)
        case {"name": name}:
            return str(name)
        case {"number": number, "egress": egress}:
            return f"{'egress' if egress else 'ingress'} {number}"
        case {"id": name}:
            return str(name)
        case {"is": "Unknown", "reason": reason}:
            return str(reason)
        case _:
            return ""
