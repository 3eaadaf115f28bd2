"""Lambda's resource types.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Lambda.html
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from smsl.lab.cloudformation.kind import Call, Kind, Made, Refused, Wanted, names

_SAME = names(
    "Architectures Description EphemeralStorage Handler ImageConfig Layers MemorySize PackageType Role Runtime Timeout"
    " TracingConfig VpcConfig"
)
"""Properties that CreateFunction has under the same name; moto forgets its others."""
_INLINE = "index.py", "index.js"
_PERMISSION = ("Action", "FunctionName", "Principal", "PrincipalOrgID", "SourceAccount", "SourceArn")
"""Of AddPermission's parameters, those of which moto writes a condition."""


def _function(wanted: Wanted) -> Made:
    code = dict(wanted.properties["Code"])
    if "ZipFile" in code:
        code["ZipFile"] = _zipped(str(code["ZipFile"]), str(wanted.get("Runtime", "")))
    more = {api: wanted.properties[own] for own, api in (("KmsKeyArn", "KMSKeyArn"),) if own in wanted.properties}
    if "Environment" in wanted.properties:
        more["Environment"] = wanted.properties["Environment"]
    function = wanted.call(
        "lambda",
        "CreateFunction",
        FunctionName=wanted.name("FunctionName"),
        Code=code,
        Tags={tag["Key"]: tag["Value"] for tag in wanted.all_tags()},
        **wanted.only(*_SAME),
        **more,
    )
    name = str(function["FunctionName"])
    wanted.began(name)
    if (reserved := wanted.get("ReservedConcurrentExecutions")) is not None:
        wanted.call("lambda", "PutFunctionConcurrency", FunctionName=name, ReservedConcurrentExecutions=reserved)
    return Made(name, {"Arn": function["FunctionArn"]})


def _zipped(source: str, runtime: str) -> bytes:
    """Zip inline code, as CloudFormation does.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
    """
    if not runtime.startswith(("python", "nodejs")):
        raise Refused("#/Code/ZipFile: inline code is for Node.js and Python")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        entry = zipfile.ZipInfo(_INLINE[runtime.startswith("nodejs")], (2026, 1, 1, 0, 0, 0))
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, source)
    return file.getvalue()


def _delete_function(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("lambda", "DeleteFunction", FunctionName=made.id)


def _version(wanted: Wanted) -> Made:
    published = wanted.call("lambda", "PublishVersion", **wanted.only("FunctionName", "Description", "CodeSha256"))
    arn, number = str(published["FunctionArn"]), str(published["Version"])
    if not arn.endswith(f":{number}"):
        arn = f"{arn}:{number}"
    return Made(arn, {"FunctionArn": arn, "Version": number})


def _delete_version(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    function, _, number = made.id.rpartition(":")
    call("lambda", "DeleteFunction", FunctionName=function, Qualifier=number)


def _alias(wanted: Wanted) -> Made:
    routing: dict[str, Any] = {}
    if given := wanted.get("RoutingConfig"):
        rows = dict(given).pop("AdditionalVersionWeights", [])
        if set(given) - {"AdditionalVersionWeights"} or any(
            set(row) != {"FunctionVersion", "FunctionWeight"} for row in rows
        ):
            raise Refused("#/RoutingConfig: extraneous key is not permitted")
        weights = {str(row["FunctionVersion"]): row["FunctionWeight"] for row in rows}
        routing = {"RoutingConfig": {"AdditionalVersionWeights": weights}}
    alias = wanted.call(
        "lambda",
        "CreateAlias",
        **wanted.only("FunctionName", "FunctionVersion", "Name", "Description"),
        **routing,
    )
    return Made(alias["AliasArn"], {"AliasArn": alias["AliasArn"]})


def _delete_alias(_made: Made, properties: Mapping[str, Any], call: Call) -> None:
    call("lambda", "DeleteAlias", FunctionName=properties["FunctionName"], Name=properties["Name"])


def _permission(wanted: Wanted) -> Made:
    statement = wanted.name("", longest=100)
    wanted.call(
        "lambda",
        "AddPermission",
        StatementId=statement,
        **wanted.only(*_PERMISSION),
    )
    return Made(statement, {"Id": statement})


def _delete_permission(made: Made, properties: Mapping[str, Any], call: Call) -> None:
    call("lambda", "RemovePermission", FunctionName=properties["FunctionName"], StatementId=made.id)


def _layer(wanted: Wanted) -> Made:
    layer = wanted.call(
        "lambda",
        "PublishLayerVersion",
        LayerName=wanted.get("LayerName") or f"{wanted.logical_id}{wanted.suffix}",
        **wanted.only("CompatibleArchitectures", "CompatibleRuntimes", "Content", "Description", "LicenseInfo"),
    )
    return Made(layer["LayerVersionArn"], {"LayerVersionArn": layer["LayerVersionArn"]})


def _delete_layer(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    layer, _, number = made.id.rpartition(":")
    call("lambda", "DeleteLayerVersion", LayerName=layer, VersionNumber=number)


def _layer_permission(wanted: Wanted) -> Made:
    layer, _, number = str(wanted.get("LayerVersionArn")).rpartition(":")
    statement = wanted.name("", longest=100)
    wanted.call(
        "lambda",
        "AddLayerVersionPermission",
        LayerName=layer,
        VersionNumber=number,
        StatementId=statement,
        **wanted.only("Action", "OrganizationId", "Principal"),
    )
    made = f"{layer}:{number}#{statement}"
    return Made(made, {"Id": made})


def _delete_layer_permission(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    arn, _, statement = made.id.partition("#")
    layer, _, number = arn.rpartition(":")
    call("lambda", "RemoveLayerVersionPermission", LayerName=layer, VersionNumber=number, StatementId=statement)


KINDS = (
    Kind(
        "AWS::Lambda::Function",
        _SAME | names("Code Environment FunctionName KmsKeyArn ReservedConcurrentExecutions Tags"),
        _function,
        _delete_function,
        required=("Code", "Role"),
    ),
    Kind(
        "AWS::Lambda::Version",
        names("CodeSha256 Description FunctionName"),
        _version,
        _delete_version,
        required=("FunctionName",),
    ),
    Kind(
        "AWS::Lambda::Alias",
        names("Description FunctionName FunctionVersion Name RoutingConfig"),
        _alias,
        _delete_alias,
        required=("FunctionName", "FunctionVersion", "Name"),
    ),
    Kind(
        "AWS::Lambda::Permission",
        frozenset(_PERMISSION),
        _permission,
        _delete_permission,
        required=("Action", "FunctionName", "Principal"),
    ),
    Kind(
        "AWS::Lambda::LayerVersion",
        names("CompatibleArchitectures CompatibleRuntimes Content Description LayerName LicenseInfo"),
        _layer,
        _delete_layer,
        required=("Content",),
    ),
    Kind(
        "AWS::Lambda::LayerVersionPermission",
        names("Action LayerVersionArn OrganizationId Principal"),
        _layer_permission,
        _delete_layer_permission,
        required=("Action", "LayerVersionArn", "Principal"),
    ),
)
