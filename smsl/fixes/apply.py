"""Apply a step to a Snapshot, as AWS would apply it to the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from smsl.model.finding import Step
from smsl.model.network import (
    AclEntry,
    Endpoint,
    GroupReference,
    GroupRule,
    Network,
    NetworkInterface,
    SecurityGroup,
)
from smsl.model.policy import Grant, Policy, parse_policy
from smsl.model.snapshot import Function, Key, Role, Secret, SecretVersion, Snapshot
from smsl.model.unknown import Unknown


def apply(snapshot: Snapshot, step: Step) -> Snapshot:
    """Return the snapshot as it would be read after the step; a step that only looks changes nothing."""
    change = _CHANGES.get(step.operation)
    return snapshot if change is None else change(snapshot, step)


def _roles(snapshot: Snapshot, name: str, change: Callable[[Role], Role]) -> Snapshot:
    roles = {
        arn: change(role) if isinstance(role, Role) and role.name == name else role
        for arn, role in snapshot.roles.items()
    }
    return replace(snapshot, roles=roles)


def _secrets(snapshot: Snapshot, arn: str, change: Callable[[Secret], Secret]) -> Snapshot:
    secrets = {
        key: change(fact) if isinstance(fact, Secret) and fact.arn == arn else fact
        for key, fact in snapshot.secrets.items()
    }
    return replace(snapshot, secrets=secrets)


def _keys(snapshot: Snapshot, arn: str, change: Callable[[Key], Key]) -> Snapshot:
    keys = {
        text: change(key) if isinstance(key, Key) and key.arn == arn else key for text, key in snapshot.keys.items()
    }
    return replace(snapshot, keys=keys)


def _put_role_policy(snapshot: Snapshot, step: Step) -> Snapshot:
    name, document = str(step.parameters["PolicyName"]), step.parameters["PolicyDocument"]

    def change(role: Role) -> Role:
        policy = parse_policy(f'{role.name}, inline "{name}"', document)
        return role if isinstance(role.inline, Unknown) else replace(role, inline=(*role.inline, policy))

    return _roles(snapshot, str(step.parameters["RoleName"]), change)


def _added(policy: Policy, statement: Mapping[str, Any]) -> Policy:
    one = parse_policy(policy.name, {"Version": policy.version, "Statement": [dict(statement)]}).statements[0]
    return replace(policy, statements=(*policy.statements, replace(one, index=len(policy.statements))))


def _trust(snapshot: Snapshot, step: Step) -> Snapshot:
    def change(role: Role) -> Role:
        if step.edit is None or step.edit.add is None or isinstance(role.trust, Unknown):
            return role
        return replace(role, trust=_added(role.trust, step.edit.add))

    return _roles(snapshot, str(step.parameters["RoleName"]), change)


def _boundary(snapshot: Snapshot, step: Step) -> Snapshot:
    def change(role: Role) -> Role:
        fits = role.boundary_arn == step.parameters["PolicyArn"] and isinstance(role.boundary, Policy)
        if not fits or not isinstance(role.boundary, Policy) or step.edit is None or step.edit.add is None:
            return role
        return replace(role, boundary=_added(role.boundary, step.edit.add))

    roles = {arn: change(role) if isinstance(role, Role) else role for arn, role in snapshot.roles.items()}
    return replace(snapshot, roles=roles)


def _secret_policy(snapshot: Snapshot, step: Step) -> Snapshot:
    def change(secret: Secret) -> Secret:
        if step.edit is None or not isinstance(secret.policy, Policy):
            return secret
        kept = tuple(each for each in secret.policy.statements if each.index != step.edit.drop_index)
        return replace(secret, policy=replace(secret.policy, statements=kept) if kept else None)

    return _secrets(snapshot, str(step.parameters["SecretId"]), change)


def _restore(snapshot: Snapshot, step: Step) -> Snapshot:
    return _secrets(snapshot, str(step.parameters["SecretId"]), lambda secret: replace(secret, deleted=None))


def _put_value(snapshot: Snapshot, step: Step) -> Snapshot:
    def change(secret: Secret) -> Secret:
        return replace(secret, versions=(SecretVersion("new", ("AWSCURRENT",)),))

    return _secrets(snapshot, str(step.parameters["SecretId"]), change)


def _state(state: str) -> Callable[[Snapshot, Step], Snapshot]:
    def changed(snapshot: Snapshot, step: Step) -> Snapshot:
        return _keys(snapshot, str(step.parameters["KeyId"]), lambda key: replace(key, state=state))

    return changed


def _create_grant(snapshot: Snapshot, step: Step) -> Snapshot:
    subset = step.parameters["Constraints"]["EncryptionContextSubset"]
    grant = Grant(
        grant_id="new",
        grantee=str(step.parameters["GranteePrincipal"]),
        operations=tuple(step.parameters["Operations"]),
        encryption_context_subset=tuple(subset.items()),
    )

    def change(key: Key) -> Key:
        return key if isinstance(key.grants, Unknown) else replace(key, grants=(*key.grants, grant))

    return _keys(snapshot, str(step.parameters["KeyId"]), change)


def _layers(snapshot: Snapshot, step: Step) -> Snapshot:
    if step.edit is None or step.edit.swap is None:
        return snapshot
    old, new = step.edit.swap

    def change(function: Function) -> Function:
        if function.name != step.parameters["FunctionName"] or function.region != step.region:
            return function
        return replace(function, layers=tuple(new if layer == old else layer for layer in function.layers))

    return replace(snapshot, functions=tuple(change(function) for function in snapshot.functions))


def _network(snapshot: Snapshot, step: Step, **parts: object) -> Snapshot:
    region = str(step.region)
    changed: Network = replace(snapshot.networks[region], **parts)  # type: ignore[arg-type]  # each caller names a field
    return replace(snapshot, networks={**snapshot.networks, region: changed})


def _rules(step: Step) -> tuple[GroupRule, ...]:
    return tuple(
        GroupRule(
            protocol=str(rule["IpProtocol"]),
            ports=(int(rule["FromPort"]), int(rule["ToPort"])),
            cidrs=tuple(ip_network(row["CidrIp"]) for row in rule.get("IpRanges", [])),
            groups=tuple(GroupReference(str(row["GroupId"])) for row in rule.get("UserIdGroupPairs", [])),
        )
        for rule in step.parameters["IpPermissions"]
    )


def _group_rules(direction: str) -> Callable[[Snapshot, Step], Snapshot]:
    def changed(snapshot: Snapshot, step: Step) -> Snapshot:
        groups = snapshot.networks[str(step.region)].security_groups
        name = str(step.parameters["GroupId"])
        if isinstance(groups, Unknown) or name not in groups:
            return snapshot
        group = groups[name]
        rules = group.ingress if direction == "ingress" else group.egress
        if isinstance(rules, Unknown):
            return snapshot
        wider = (*rules, *_rules(step))
        new = replace(group, ingress=wider) if direction == "ingress" else replace(group, egress=wider)
        return _network(snapshot, step, security_groups={**groups, name: new})

    return changed


def _new_group(snapshot: Snapshot, step: Step) -> Snapshot:
    groups = snapshot.networks[str(step.region)].security_groups
    if isinstance(groups, Unknown):
        return snapshot
    name = f"${step.bind}"
    return _network(
        snapshot, step, security_groups={**groups, name: SecurityGroup(name, str(step.parameters["VpcId"]))}
    )


def _new_endpoint(snapshot: Snapshot, step: Step) -> Snapshot:
    network = snapshot.networks[str(step.region)]
    if isinstance(network.endpoints, Unknown) or isinstance(network.subnets, Unknown):
        return snapshot
    name, vpc = f"${step.bind}", str(step.parameters["VpcId"])
    groups = tuple(step.parameters["SecurityGroupIds"])
    interfaces = {} if isinstance(network.interfaces, Unknown) else dict(network.interfaces)
    created = []
    for subnet_id in step.parameters["SubnetIds"]:
        subnet = network.subnets[str(subnet_id)]
        interface = f"{name}-{subnet_id}"
        address = str(subnet.ipv4[-2]) if subnet.ipv4 else ""
        interfaces[interface] = NetworkInterface(
            interface, vpc, str(subnet_id), type="vpc_endpoint", ipv4=(address,) if address else (), groups=groups
        )
        created.append(interface)
    endpoint = Endpoint(
        name, vpc, "Interface", str(step.parameters["ServiceName"]), "available",
        private_dns=True, interfaces=tuple(created), groups=groups,
    )  # fmt: skip
    return _network(snapshot, step, endpoints={**network.endpoints, name: endpoint}, interfaces=interfaces)


def _modify_endpoint(snapshot: Snapshot, step: Step) -> Snapshot:
    endpoints = snapshot.networks[str(step.region)].endpoints
    name = str(step.parameters["VpcEndpointId"])
    if isinstance(endpoints, Unknown) or name not in endpoints:
        return snapshot
    changed = replace(endpoints[name], private_dns=bool(step.parameters["PrivateDnsEnabled"]))
    return _network(snapshot, step, endpoints={**endpoints, name: changed})


def _vpc_attribute(snapshot: Snapshot, step: Step) -> Snapshot:
    vpcs = snapshot.networks[str(step.region)].vpcs
    name = str(step.parameters["VpcId"])
    if isinstance(vpcs, Unknown) or name not in vpcs:
        return snapshot
    vpc = vpcs[name]
    if "EnableDnsSupport" in step.parameters:
        vpc = replace(vpc, dns_support=bool(step.parameters["EnableDnsSupport"]["Value"]))
    if "EnableDnsHostnames" in step.parameters:
        vpc = replace(vpc, dns_hostnames=bool(step.parameters["EnableDnsHostnames"]["Value"]))
    return _network(snapshot, step, vpcs={**vpcs, name: vpc})


def _acl_entry(snapshot: Snapshot, step: Step) -> Snapshot:
    acls = snapshot.networks[str(step.region)].network_acls
    name = str(step.parameters["NetworkAclId"])
    if isinstance(acls, Unknown) or name not in acls:
        return snapshot
    acl = acls[name]
    if isinstance(acl.entries, Unknown):
        return snapshot
    ports = step.parameters["PortRange"]
    entry = AclEntry(
        number=int(step.parameters["RuleNumber"]),
        allow=step.parameters["RuleAction"] == "allow",
        egress=bool(step.parameters["Egress"]),
        cidr=ip_network(step.parameters["CidrBlock"]),
        protocol=str(step.parameters["Protocol"]),
        ports=(int(ports["From"]), int(ports["To"])),
    )
    entries = tuple(sorted((*acl.entries, entry), key=lambda each: each.number))
    return _network(snapshot, step, network_acls={**acls, name: replace(acl, entries=entries)})


_CHANGES: Mapping[str, Callable[[Snapshot, Step], Snapshot]] = {
    "PutRolePolicy": _put_role_policy,
    "UpdateAssumeRolePolicy": _trust,
    "CreatePolicyVersion": _boundary,
    "PutResourcePolicy": _secret_policy,
    "DeleteResourcePolicy": _secret_policy,
    "RestoreSecret": _restore,
    "PutSecretValue": _put_value,
    "EnableKey": _state("Enabled"),
    "CancelKeyDeletion": _state("Disabled"),
    "CreateGrant": _create_grant,
    "UpdateFunctionConfiguration": _layers,
    "AuthorizeSecurityGroupIngress": _group_rules("ingress"),
    "AuthorizeSecurityGroupEgress": _group_rules("egress"),
    "CreateSecurityGroup": _new_group,
    "CreateVpcEndpoint": _new_endpoint,
    "ModifyVpcEndpoint": _modify_endpoint,
    "ModifyVpcAttribute": _vpc_attribute,
    "CreateNetworkAclEntry": _acl_entry,
}
