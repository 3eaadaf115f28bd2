"""Where a plan goes to: what options say, else what the file itself forces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smsl.model.arn import Arn, parse_arn
from smsl.sources.declared.declaration import ACCOUNT, REGION, Place
from smsl.sources.tfplan.ends import Attribute, Known
from smsl.sources.tfplan.follow import Scope, Walk, leaves
from smsl.sources.tfplan.plan import Plan, find_module, mapping, rows

_WRITTEN = re.compile(r"arn:aws[a-z-]{0,12}:[a-z0-9-]{1,40}:([a-z0-9-]{0,25}):(\d{12})?:(?!layer:)")
_SERVICE = re.compile(r"com\.amazonaws\.([a-z]{2}(?:-[a-z]+){1,3}-\d)\.")
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+){1,3}-\d")


def place_of(plan: Plan, given: Place, regions: Mapping[str, str], accounts: Mapping[str, str]) -> Place:
    """Return the place with what the plan itself tells.

    Args:
        plan: The plan or state.
        given: What options say, or the stand-ins.
        regions: By provider.
        accounts: By provider.
    """
    arns = tuple(_arns(plan))
    own = [each.account for each in arns if _ACCOUNT.fullmatch(each.account)]
    account = _data(plan, "aws_caller_identity", "account_id") or accounts.get("aws") or _most(own)
    there = [each.region for each in arns if each.region]
    region = regions.get("aws") or _data(plan, "aws_region", "region", "name", "id")
    region = region or _most(_regions(plan)) or _most(there)
    partition = _data(plan, "aws_partition", "partition") or _most([each.partition for each in arns])
    return Place(
        account=account if given.account == ACCOUNT and account else given.account,
        region=region if given.region == REGION and region else given.region,
        partition=partition if given.partition == "aws" and partition else given.partition,
    )


def providers(plan: Plan, walk: Walk) -> tuple[dict[str, str], dict[str, str]]:
    """Return the regions and the accounts of the providers whose configuration tells them, each by the provider.

    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/index.html.markdown
    """
    regions: dict[str, str] = {}
    accounts: dict[str, str] = {}
    for key, each in plan.providers.items():
        provider = mapping(each)
        written = mapping(provider.get("expressions"))
        scope = Scope(find_module(plan.root, provider.get("module_address")))
        region = _value(written.get("region"), scope, walk)
        if isinstance(region, str) and _REGION.fullmatch(region):
            regions[key] = region
        account = _account(written, scope, walk)
        if account is not None:
            accounts[key] = account
    return regions, accounts


def _account(written: Mapping[str, Any], scope: Scope, walk: Walk) -> str | None:
    """Return the account of the role that the provider assumes, or the only one that it may be used for."""
    for role in rows(written.get("assume_role")):
        for end in leaves(mapping(role.get("role_arn")), scope, walk):
            value = end.value if isinstance(end, Known) else None
            if isinstance(value, str) and _ACCOUNT.fullmatch(value):  # of "arn:aws:iam::${var.account}:role/deploy"
                return value
        arn = _value(role.get("role_arn"), scope, walk)
        parsed = parse_arn(arn) if isinstance(arn, str) else None
        if parsed is not None and _ACCOUNT.fullmatch(parsed.account):
            return parsed.account
    allowed = _value(written.get("allowed_account_ids"), scope, walk)
    if isinstance(allowed, list) and len(allowed) == 1 and _ACCOUNT.fullmatch(str(allowed[0])):
        return str(allowed[0])
    return None


def _value(expression: object, scope: Scope, walk: Walk) -> Any:
    ends = leaves(mapping(expression), scope, walk)
    if len(ends) != 1:
        return None
    match ends[0]:
        case Known(value):
            return value
        case Attribute(resource, (str(name),)):
            return resource.values.get(name)
        case _:
            return None


def _data(plan: Plan, kind: str, *names: str) -> str | None:
    """Return an attribute of a data source that was read, where all of its kind say the same."""
    found = {
        value
        for each in plan.resources
        if each.mode == "data" and each.type == kind
        for name in names
        if isinstance(value := each.values.get(name), str) and value
    }
    return found.pop() if len(found) == 1 else None


def _arns(plan: Plan) -> Iterator[Arn]:
    for each in plan.resources:
        for values in (each.values, each.before or {}) if each.mode == "managed" else ():
            arn = values.get("arn")
            parsed = parse_arn(arn) if isinstance(arn, str) and len(arn) < 2100 else None
            if parsed is not None and (parsed.account == "" or _ACCOUNT.fullmatch(parsed.account)):
                yield parsed


def _regions(plan: Plan) -> Iterator[str]:
    """Yield the regions that the resources themselves have, since version 6 of the provider."""
    for each in plan.resources:
        region = each.values.get("region")
        if each.mode == "managed" and isinstance(region, str) and _REGION.fullmatch(region):
            yield region


def _most(found: Iterable[str]) -> str | None:
    counted = Counter(found).most_common(1)
    return counted[0][0] if counted else None


def written_places(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the accounts and the regions that stand in ARNs and service names, the most frequent first."""
    accounts: Counter[str] = Counter()
    regions: Counter[str] = Counter()
    for found in _WRITTEN.finditer(text):
        region, account = found.groups()
        if account:
            accounts[account] += 1
        if _REGION.fullmatch(region):
            regions[region] += 1
    regions.update(_SERVICE.findall(text))
    return tuple(each for each, _ in accounts.most_common()), tuple(each for each, _ in regions.most_common())
