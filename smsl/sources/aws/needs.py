"""What to ask AWS next, from what it has answered so far.

`needs` is pure and names every call that the facts justify; the reader asks those that have no answer yet, and comes
back until there is none. For a function that names its secret that takes four dependent rounds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smsl.model.arn import parse_arn
from smsl.model.secretname import granted_name, grants_in, has_suffix, secret_of_parameter
from smsl.model.steering import secrets_region
from smsl.sources.aws.facts import Call, Facts, Failure, answered, call
from smsl.sources.aws.network_needs import Place, network_calls
from smsl.sources.aws.reader_needs import authorization_details, holds_leak, leaking_keys, policies_of_others
from smsl.sources.aws.request import Request, Target

MAX_ROUNDS = 5
"""Four for a function that names its secret; a fifth where only an attached policy does, which the fourth reads."""
_ORGANIZATION_POLICIES = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")


def needs(request: Request, facts: Facts) -> tuple[Call, ...]:
    """Return the calls that have no answer yet, each once, in a stable order."""
    wanted: dict[Call, None] = {}
    for each in _all_calls(request, facts):
        wanted.setdefault(each)
    return tuple(each for each in wanted if each not in facts)


def targets(request: Request, facts: Facts) -> tuple[tuple[str, Target], ...]:
    """Return each function with its region: those that were named, or all that the regions list."""
    if not request.everything:
        named = [
            (region, target)
            for target in request.functions
            for region in ((target.region,) if target.region else request.regions)
        ]
        also = [(region, each) for region, target in named for each in _weighted(region, target, facts)]
        return tuple(dict.fromkeys((*_found(named, facts), *also)))
    return tuple(
        (region, Target(str(row["FunctionName"]), None, region))
        for region in request.regions
        for row in answered(facts, list_functions(region)).get("Functions", [])
        if row.get("Version") == "$LATEST" and row.get("FunctionName")
    )


def _found(named: list[tuple[str, Target]], facts: Facts) -> Iterator[tuple[str, Target]]:
    """Yield what was named, but for the regions of several where a function does not exist."""
    for region, target in named:
        answer = facts.get(configuration(region, target))
        absent = isinstance(answer, Failure) and answer.kind == "absent"
        others = [each for each, same in named if same == target and each != region]
        if not absent or all(isinstance(facts.get(configuration(each, target)), Failure) for each in others):
            yield region, target


def _weighted(region: str, target: Target, facts: Facts) -> Iterator[Target]:
    """Yield the further versions that an alias sends a share of its calls to: they must read their secrets too.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
    """
    for row in answered(facts, aliases(region, target)).get("Aliases", []) if target.qualifier else ():
        if row.get("Name") == target.qualifier:
            for version in (row.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}:
                yield Target(target.name, str(version), target.region, target.account)


def list_functions(region: str) -> Call:
    """Return the call that lists all versions of all functions: an alias needs a published version."""
    return call("lambda", "ListFunctions", region, FunctionVersion="ALL")


def configuration(region: str, target: Target) -> Call:
    """Return the call that reads one version; a bare name is its $LATEST."""
    name = f"{target.account}:function:{target.name}" if target.account else target.name
    if target.qualifier is None:
        return call("lambda", "GetFunctionConfiguration", region, FunctionName=name)
    return call("lambda", "GetFunctionConfiguration", region, FunctionName=name, Qualifier=target.qualifier)


def aliases(region: str, target: Target) -> Call:
    """Return the call that lists a function's aliases."""
    name = f"{target.account}:function:{target.name}" if target.account else target.name
    return call("lambda", "ListAliases", region, FunctionName=name)


def list_secrets(region: str) -> Call:
    """Return the call that lists a region's secrets, those planned for deletion included."""
    return call("secretsmanager", "ListSecrets", region, IncludePlannedDeletion=True)


def for_readers_alone(request: Request, facts: Facts) -> frozenset[Call]:
    """Return the calls whose answer no verdict hangs on: they tell who else can read what a function holds."""
    if not asks_for_readers(request, facts):
        return frozenset()
    return frozenset(_reader_calls(request, facts)) - frozenset(_verdict_calls(request, facts))


def _all_calls(request: Request, facts: Facts) -> Iterator[Call]:
    yield from _verdict_calls(request, facts)
    yield from _reader_calls(request, facts)


def asks_for_readers(request: Request, facts: Facts) -> bool:
    """Tell whether the account's roles and users are read: for all functions with all notes, else where one leaks.

    Reading them takes many pages in a large account, so a function at night is judged without.
    """
    if request.everything and request.notes:
        return True
    leaks = any(holds_leak(row) for _, row in _configurations(request, facts))
    return leaks and (request.everything or request.notes)


def _reader_calls(request: Request, facts: Facts) -> Iterator[Call]:
    """Yield what tells who can read an environment that holds a secret, and who can read a secret."""
    if not asks_for_readers(request, facts):
        return
    configurations = _configurations(request, facts)
    home = request.regions[0]
    yield authorization_details(home)
    for policy_arn in policies_of_others(home, facts):
        yield from managed_policy_calls(home, policy_arn, facts)
    for region, key in leaking_keys(configurations):
        yield from _key_calls(region, key, facts)


def _verdict_calls(request: Request, facts: Facts) -> Iterator[Call]:
    yield from _function_calls(request, facts)
    configurations = _configurations(request, facts)
    home = request.regions[0]
    regions = request.regions if request.everything else sorted({region for region, _ in targets(request, facts)})
    for region in regions:
        yield list_secrets(region)
    yield call("organizations", "DescribeOrganization", home)
    yield from _organization_calls(home, configurations, facts)
    if request.everything:
        yield authorization_details(home)
        yield from _attached_calls(request, configurations, facts)
    else:
        for role in sorted({str(row.get("Role")) for _, row in configurations if row.get("Role")}):
            yield from _role_calls(home, role, facts)
    lists = {region: listed(facts, region) for region in regions}
    named = sorted(set(_named_secrets(request, configurations, lists, facts)))
    yield from _secret_calls(request, named, lists, facts)
    yield from _layer_calls(request, configurations)
    for place in _places(configurations, named):
        yield from network_calls(place, facts)


def _attached_calls(
    request: Request, configurations: list[tuple[str, Mapping[str, Any]]], facts: Facts
) -> Iterator[Call]:
    """Read the AWS-managed policies of the functions' roles: the bulk answer holds the account's own alone."""
    home = request.regions[0]
    details = _role_details(request, facts)
    own = {str(row.get("Arn")) for row in answered(facts, authorization_details(home)).get("Policies", [])}
    wanted: set[str] = set()
    for role in {str(row.get("Role")) for _, row in configurations}:
        row = details.get(role, {})
        wanted.update(str(each.get("PolicyArn")) for each in row.get("AttachedManagedPolicies", []))
        wanted.update(str(arn) for arn in [row.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")] if arn)
    for policy_arn in sorted(wanted - own):
        yield from managed_policy_calls(home, policy_arn, facts)


def _function_calls(request: Request, facts: Facts) -> Iterator[Call]:
    versions: dict[tuple[str, str], int] = {}
    if request.everything:
        for region in request.regions:
            yield list_functions(region)
            for row in answered(facts, list_functions(region)).get("Functions", []):
                key = (region, str(row.get("FunctionName")))
                versions[key] = versions.get(key, 0) + 1
    for region, target in targets(request, facts):
        yield configuration(region, target)
        if not request.everything or versions.get((region, target.name), 0) > 1:
            yield aliases(region, target)


def _configurations(request: Request, facts: Facts) -> list[tuple[str, Mapping[str, Any]]]:
    rows = [(region, answered(facts, configuration(region, target))) for region, target in targets(request, facts)]
    return [(region, row) for region, row in rows if row]


def _organization_calls(home: str, configurations: list[tuple[str, Mapping[str, Any]]], facts: Facts) -> Iterator[Call]:
    if not answered(facts, call("organizations", "DescribeOrganization", home)):
        return
    accounts = sorted({arn.account for _, row in configurations if (arn := parse_arn(str(row.get("FunctionArn", ""))))})
    for account in accounts:
        describe = call("organizations", "DescribeAccount", home, AccountId=account)
        yield describe
        for target in path_of(answered(facts, describe)):
            for kind in _ORGANIZATION_POLICIES:
                listing = call("organizations", "ListPoliciesForTarget", home, TargetId=target, Filter=kind)
                yield listing
                for row in answered(facts, listing).get("Policies", []):
                    yield call("organizations", "DescribePolicy", home, PolicyId=str(row.get("Id")))


def path_of(described: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the targets from the organization's root to the account; empty where the answer has no path.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html (Paths)
    """
    paths = described.get("Account", {}).get("Paths") or []
    return tuple(part for part in str(paths[0]).split("/")[1:] if part) if paths else ()


def _role_calls(home: str, role: str, facts: Facts) -> Iterator[Call]:
    arn = parse_arn(role)
    if arn is None:
        return
    name = arn.resource.rsplit("/", 1)[-1]
    get = call("iam", "GetRole", home, RoleName=name)
    inline = call("iam", "ListRolePolicies", home, RoleName=name)
    attached = call("iam", "ListAttachedRolePolicies", home, RoleName=name)
    yield from (get, inline, attached)
    for policy in answered(facts, inline).get("PolicyNames", []):
        yield call("iam", "GetRolePolicy", home, RoleName=name, PolicyName=str(policy))
    managed = [str(row.get("PolicyArn")) for row in answered(facts, attached).get("AttachedPolicies", [])]
    boundary = answered(facts, get).get("Role", {}).get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    for policy_arn in (*managed, *([str(boundary)] if boundary else [])):
        yield from managed_policy_calls(home, policy_arn, facts)


def managed_policy_calls(home: str, policy_arn: str, facts: Facts) -> Iterator[Call]:
    """Yield the two calls that lead to the default version of a managed policy."""
    get = call("iam", "GetPolicy", home, PolicyArn=policy_arn)
    yield get
    version = answered(facts, get).get("Policy", {}).get("DefaultVersionId")
    if version:
        yield call("iam", "GetPolicyVersion", home, PolicyArn=policy_arn, VersionId=str(version))


def _named_secrets(
    request: Request,
    configurations: list[tuple[str, Mapping[str, Any]]],
    lists: Mapping[str, Mapping[str, Mapping[str, Any]]],
    facts: Facts,
) -> Iterator[tuple[str, str]]:
    """Yield (region, name or ARN) of every secret that a configuration, an option or a role's statement names."""
    granted: dict[str, tuple[str, ...]] = {}
    bulk = _role_details(request, facts)
    for region, row in configurations:
        called = secrets_region(_settings(row), region)
        for text in (*request.secrets, *references(row)):
            arn = parse_arn(text)
            yield (arn.region or called, text) if arn else (called, text)
        role = str(row.get("Role"))
        if role not in granted:
            granted[role] = tuple(_granted(_documents(role, bulk.get(role), request, facts), region, role))
        for name in granted[role]:
            if name in lists.get(region, {}):
                yield region, name


def _role_details(request: Request, facts: Facts) -> dict[str, Mapping[str, Any]]:
    if not request.everything:
        return {}
    details = answered(facts, authorization_details(request.regions[0]))
    return {str(row.get("Arn")): row for row in details.get("RoleDetailList", [])}


def references(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names and ARNs of secrets that a configuration's variables hold."""
    for variable in row.get("Environment", {}).get("Holds", []):
        text = variable.get("reference", {}).get("text")
        kind = str(variable.get("reference", {}).get("kind", ""))
        if not text or kind == "dynamic-reference":
            continue
        if kind.startswith("parameter"):
            text = secret_of_parameter(text)
        if text:
            yield text


def _granted(documents: Iterable[Any], region: str, role: str) -> Iterator[str]:
    account = role.split(":")[4] if role.count(":") > 4 else ""
    for document in documents:
        for resource in _resources(document):
            name = granted_name(resource) if grants_in(resource, region, account) else None
            if name:
                yield name


def _settings(row: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for variable in row.get("Environment", {}).get("Holds", []):
        if variable.get("setting", {}).get("valid"):
            yield str(variable.get("name")), variable["setting"]["value"]


def _documents(role: str, details: Mapping[str, Any] | None, request: Request, facts: Facts) -> Iterator[Any]:
    home = request.regions[0]
    name = role.rsplit("/", 1)[-1]
    if details is not None:
        yield from (each.get("PolicyDocument") for each in details.get("RolePolicyList", []))
        own = answered(facts, authorization_details(home)).get("Policies", [])
        managed = {str(each.get("PolicyArn")) for each in details.get("AttachedManagedPolicies", [])}
        for row in own if managed else ():
            if row.get("Arn") in managed:
                yield from (
                    each.get("Document") for each in row.get("PolicyVersionList", []) if each.get("IsDefaultVersion")
                )
        return
    inline = answered(facts, call("iam", "ListRolePolicies", home, RoleName=name))
    for policy in inline.get("PolicyNames", []):
        yield answered(facts, call("iam", "GetRolePolicy", home, RoleName=name, PolicyName=str(policy))).get(
            "PolicyDocument"
        )
    attached = answered(facts, call("iam", "ListAttachedRolePolicies", home, RoleName=name))
    for row in attached.get("AttachedPolicies", []):
        for policy_call in managed_policy_calls(home, str(row.get("PolicyArn")), facts):
            yield answered(facts, policy_call).get("PolicyVersion", {}).get("Document")


def _resources(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    for statement in [statements] if isinstance(statements, Mapping) else statements or []:
        resource = (
            statement.get("Resource") if isinstance(statement, Mapping) and statement.get("Effect") == "Allow" else None
        )
        yield from (
            [resource] if isinstance(resource, str) else (each for each in resource or [] if isinstance(each, str))
        )


def listed(facts: Facts, region: str) -> dict[str, Mapping[str, Any]]:
    """Return the region's listed secrets by ARN, by name and by the ARN without its suffix."""
    rows: dict[str, Mapping[str, Any]] = {}
    for row in answered(facts, list_secrets(region)).get("SecretList", []):
        arn, name = str(row.get("ARN", "")), str(row.get("Name", ""))
        if not has_suffix(arn[:-7]):
            rows.setdefault(arn[:-7], row)
        rows[arn] = rows[name] = row
    return rows


def canonical(rows: Mapping[str, Mapping[str, Any]], text: str) -> str:
    """Return the ARN of the listed secret that `text` names; `text` itself when no list says."""
    return str(rows[text]["ARN"]) if text in rows else text


def _secret_calls(
    request: Request,
    named: Iterable[tuple[str, str]],
    lists: Mapping[str, Mapping[str, Mapping[str, Any]]],
    facts: Facts,
) -> Iterator[Call]:
    keys: set[tuple[str, str]] = set()
    for region, secret in sorted({(region, canonical(lists.get(region, {}), text)) for region, text in named}):
        describe = call("secretsmanager", "DescribeSecret", region, SecretId=secret)
        row = answered(facts, describe)
        from_list = lists.get(region, {}).get(secret)
        if not request.everything or from_list is None:
            yield describe
        if isinstance(facts.get(describe), Failure) and from_list is None:
            continue
        key = (row or from_list or {}).get("KmsKeyId")
        yield call("secretsmanager", "GetResourcePolicy", region, SecretId=secret)
        versions = call("secretsmanager", "ListSecretVersionIds", region, SecretId=secret)
        if not request.everything or key:
            yield versions
        keys.update((region, each) for each in _key_ids(key, answered(facts, versions)))
    for region, key_id in sorted(keys):
        yield from _key_calls(region, key_id, facts)


def _key_ids(key: object, versions: Mapping[str, Any]) -> Iterator[str]:
    if key:
        yield str(key)
    known = str(key).rsplit("/", 1)[-1]
    for version in versions.get("Versions", []):
        if "AWSCURRENT" in (version.get("VersionStages") or []):
            for each in version.get("KmsKeyIds") or []:
                if each != "DefaultEncryptionKey" and str(each).rsplit("/", 1)[-1] != known:
                    yield str(each)


def _key_calls(region: str, key_id: str, facts: Facts) -> Iterator[Call]:
    describe = call("kms", "DescribeKey", region, KeyId=key_id)
    yield describe
    metadata = answered(facts, describe).get("KeyMetadata", {})
    exact = str(metadata.get("Arn") or key_id) if "alias/" in key_id else key_id
    if "alias/" in exact or metadata.get("KeyManager") == "AWS":
        return
    yield call("kms", "GetKeyPolicy", region, KeyId=exact, PolicyName="default")
    yield call("kms", "ListGrants", region, KeyId=exact)


def layer_parameter(architecture: str) -> str:
    """Return the public parameter that names the newest extension layer.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
    """
    part = "arm64" if architecture == "arm64" else "x86"
    return f"/aws/service/aws-parameters-and-secrets-lambda-extension/{part}/latest"


def _layer_calls(request: Request, configurations: list[tuple[str, Mapping[str, Any]]]) -> Iterator[Call]:
    if not request.notes:
        return
    for region, row in configurations:
        if any(
            "AWS-Parameters-and-Secrets-Lambda-Extension" in str(layer.get("Arn")) for layer in row.get("Layers") or []
        ):
            architecture = (row.get("Architectures") or ["x86_64"])[0]
            yield call("ssm", "GetParameter", region, Name=layer_parameter(architecture))


def _places(configurations: list[tuple[str, Mapping[str, Any]]], named: Iterable[tuple[str, str]]) -> Iterator[Place]:
    secret_regions = {region for region, _ in named}
    for region in sorted({region for region, _ in configurations}):
        configs = [row.get("VpcConfig") or {} for each, row in configurations if each == region]
        configs = [row for row in configs if row.get("SubnetIds")]
        yield Place(
            region,
            vpcs=tuple(sorted({str(row["VpcId"]) for row in configs if row.get("VpcId")})),
            subnets=tuple(sorted({str(each) for row in configs for each in row["SubnetIds"]})),
            groups=tuple(sorted({str(each) for row in configs for each in row.get("SecurityGroupIds") or []})),
            targets=tuple(sorted({region, *secret_regions})),
        )
