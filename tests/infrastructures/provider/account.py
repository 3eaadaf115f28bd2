"""The account that the stand-in provider pretends to look at: what is read from it and what identifiers it gives."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from documents import render

Value = dict[str, Any]
ACCOUNT = "123456789012"
SUFFIX = "AbCdEf"


def identifier(prefix: str, *parts: object) -> str:
    """Return an identifier such as EC2's, always the same for the same parts."""
    return f"{prefix}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:17]}"


def uuid(*parts: object) -> str:
    """Return an identifier such as KMS's."""
    drawn = hashlib.sha256(repr(parts).encode()).hexdigest()
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-8{drawn[17:20]}-{drawn[20:32]}"


_EC2 = {
    "aws_vpc": "vpc",
    "aws_subnet": "subnet",
    "aws_security_group": "sg",
    "aws_vpc_endpoint": "vpce",
    "aws_route_table": "rtb",
    "aws_network_acl": "acl",
    "aws_internet_gateway": "igw",
    "aws_nat_gateway": "nat",
    "aws_eip": "eipalloc",
    "aws_security_group_rule": "sgrule",
    "aws_vpc_security_group_ingress_rule": "sgr",
    "aws_vpc_security_group_egress_rule": "sgr",
    "aws_route_table_association": "rtbassoc",
    "aws_egress_only_internet_gateway": "eigw",
}


_LOGGING = {"application_log_level": "", "log_format": "Text", "system_log_level": ""}


def computed(kind: str, region: str, name: str, state: Value) -> Any:
    """Return what the account gives a resource: its identifier, its ARN and what follows from them."""
    known = {key: value for key, value in state.items() if isinstance(value, str)}
    label = known.get("name") or known.get("function_name") or f"terraform-{uuid(kind, sorted(known))[:8]}"
    lambdas, iam = f"arn:aws:lambda:{region}:{ACCOUNT}:function", f"arn:aws:iam::{ACCOUNT}"
    secret = f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{label}-{SUFFIX}"
    key = uuid(kind, known.get("description"))
    arns = {
        "aws_lambda_function": f"{lambdas}:{label}",
        "aws_lambda_alias": f"{lambdas}:{known.get('function_name')}:{label}",
        "aws_iam_role": f"{iam}:role/{label}",
        "aws_iam_policy": f"{iam}:policy/{label}",
        "aws_secretsmanager_secret": secret,
        "aws_secretsmanager_secret_version": known.get("secret_id"),
        "aws_kms_key": f"arn:aws:kms:{region}:{ACCOUNT}:key/{key}",
        "aws_kms_alias": f"arn:aws:kms:{region}:{ACCOUNT}:{label}",
        "aws_db_instance": f"arn:aws:rds:{region}:{ACCOUNT}:db:{known.get('identifier')}",
    }
    tags = state.get("tags") or {}
    own = identifier(_EC2[kind], kind, sorted(tags.items()), sorted(known.items())) if kind in _EC2 else None
    arn = arns.get(kind) or (f"arn:aws:ec2:{region}:{ACCOUNT}:{kind[4:].replace('_', '-')}/{own}" if own else None)
    ids = {"aws_lambda_function": label, "aws_iam_role": label, "aws_kms_key": key}
    table = {
        "id": own or ids.get(kind) or arn or uuid(kind, sorted(known.items())),
        "arn": arn,
        "name": label,
        "key_id": key,
        "owner_id": ACCOUNT,
        "invoke_arn": f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations",
        "qualified_arn": f"{arn}:$LATEST",
        "version": "$LATEST",
        "last_modified": "2026-01-02T03:04:05.000+0000",
        "create_date": "2026-01-02T03:04:05Z",
        "version_id": uuid("version", sorted(known)),
        "version_stages": ["AWSCURRENT"],
        "architectures": ["x86_64"],
        "source_code_size": 204,
        "ephemeral_storage": [{"size": 512}],
        "logging_config": [{**_LOGGING, "log_group": f"/aws/lambda/{label}"}],
        "tracing_config": [{"mode": "PassThrough"}],
        "private_dns_enabled": False,
        "master_user_secret": [
            {
                "kms_key_id": f"arn:aws:kms:{region}:{ACCOUNT}:key/{uuid('rds')}",
                "secret_arn": f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:rds!db-{uuid('rds')}-{SUFFIX}",
                "secret_status": "active",
            }
        ]
        if state.get("manage_master_user_password")
        else [],
    }
    return table.get(name)


def imported(kind: str, name: str, empty: Value) -> Value:
    """Return the state of a resource that Terraform takes over, by the identifier that it is imported with."""
    match kind:
        case "aws_secretsmanager_secret":
            known = {"arn": name, "name": name.rpartition(":")[2].removesuffix(f"-{SUFFIX}"), "tags_all": {}}
        case "aws_iam_role":
            trust = _existing("aws_iam_role", "", {"name": name})
            known = {**trust, "name": name, "tags_all": {}}
        case _:
            known = {}
    return {**empty, "id": name, **known}


def read(kind: str, region: str, config: Value) -> Value:
    """Return what a data source reads; what the account has no opinion on stays null."""
    match kind:
        case "aws_iam_policy_document":
            return render(config)
        case "aws_caller_identity":
            caller = f"arn:aws:iam::{ACCOUNT}:user/deployer"
            found: Value = {"id": ACCOUNT, "account_id": ACCOUNT, "arn": caller, "user_id": "AIDAEXAMPLEDEPLOYER"}
        case "aws_region":
            found = {
                "id": region,
                "name": region,
                "region": region,
                "endpoint": f"ec2.{region}.amazonaws.com",
                "description": region,
            }
        case "aws_partition":
            found = {
                "id": "aws",
                "partition": "aws",
                "dns_suffix": "amazonaws.com",
                "reverse_dns_prefix": "com.amazonaws",
            }
        case "aws_availability_zones":
            zones = [f"{region}{letter}" for letter in "abc"]
            found = {
                "id": region,
                "names": zones,
                "zone_ids": ["euw1-az1", "euw1-az2", "euw1-az3"],
                "group_names": [region],
            }
        case _:
            found = _existing(kind, region, config)
    if config.get("region", region) is None:
        found["region"] = region
    return {**config, **{name: value for name, value in found.items() if name in config}}


def _existing(kind: str, region: str, config: Value) -> Value:
    """Return a resource that somebody else made."""
    name = config.get("name") or config.get("function_name") or ""
    iam = f"arn:aws:iam::{ACCOUNT}"
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},'
        '"Action":"sts:AssumeRole"}]}'
    )
    key = uuid("existing key", config.get("key_id"))
    vpc = config.get("id") or identifier("vpc", "existing", config.get("tags"))
    secret = config.get("arn") or f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-{SUFFIX}"
    match kind:
        case "aws_secretsmanager_secret":
            return {
                "id": secret,
                "arn": secret,
                "name": name,
                "description": "",
                "kms_key_id": "",
                "policy": "",
                "tags": {},
            }
        case "aws_secretsmanager_secret_version":
            version = {"arn": config["secret_id"], "version_id": uuid("read"), "version_stages": ["AWSCURRENT"]}
            return {"id": f"{config['secret_id']}|AWSCURRENT", "secret_string": "@@VALUE@@-read", **version}
        case "aws_kms_key":
            arn = f"arn:aws:kms:{region}:{ACCOUNT}:key/{key}"
            state = {"enabled": True, "key_state": "Enabled", "key_manager": "CUSTOMER", "key_usage": "ENCRYPT_DECRYPT"}
            return {"id": key, "arn": arn, "aws_account_id": ACCOUNT, **state}
        case "aws_iam_role":
            return {
                "id": name,
                "arn": f"{iam}:role/{name}",
                "path": "/",
                "assume_role_policy": trust,
                "unique_id": "AROAEXAMPLE",
            }
        case "aws_iam_policy":
            arn = config.get("arn") or f"{iam}:policy/{name}"
            allowed = {"Sid": "ReadSecret", "Effect": "Allow", "Action": "secretsmanager:GetSecretValue"}
            allowed["Resource"] = f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:prod/shop/*"
            policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
            return {"id": arn, "arn": arn, "name": name or arn.rpartition("/")[2], "path": "/", "policy": policy}
        case "aws_vpc":
            return {"id": vpc, "cidr_block": "10.60.0.0/16", "enable_dns_support": True, "enable_dns_hostnames": True}
        case "aws_subnets":
            return {"id": region, "ids": [identifier("subnet", "existing", number) for number in range(2)]}
        case "aws_security_group":
            return {"id": config.get("id") or identifier("sg", "existing", name), "name": name}
        case _:
            return {"id": name or kind}
