"""A stand-in for the Terraform provider hashicorp/aws (and a little of hashicorp/random), which plans without AWS.

It is a development tool: record.py runs Terraform with it. It speaks Terraform's plugin protocol, version 6, with the
messages and the server of the PyPI package tf, which no other part of smsl needs.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import account
import msgpack
import planning
import schemas
import tf.provider
from tf.gen import tfplugin_pb2 as protocol
from tf.gen import tfplugin_pb2_grpc as service
from tf.runner import run_provider

Value = dict[str, Any]


def decode(value: Any) -> Any:
    """Return a dynamic value as Python values."""
    if not value.msgpack:
        return None
    return msgpack.unpackb(value.msgpack, ext_hook=lambda code, data: planning.UNKNOWN, strict_map_key=False)


def encode(value: Any) -> Any:
    """Return Python values as a dynamic value."""
    packed = msgpack.packb(value, default=lambda unknown: msgpack.ExtType(0, b"\0"))
    return protocol.DynamicValue(msgpack=packed)


class Servicer(service.ProviderServicer):  # type: ignore[misc]  # generated code has no types
    """The protocol's calls, each answered from the schemas and the pretended account."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.schemas = schemas.load(int(os.environ.get("STAND_IN_MAJOR", "6")))
        self.region = "eu-west-1"
        self.tags: Value = {}

    def GetMetadata(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say nothing beforehand; Terraform then asks for the schemas."""
        return protocol.GetMetadata.Response(server_capabilities=protocol.ServerCapabilities(plan_destroy=False))

    def GetProviderSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return the schemas."""
        answer = protocol.GetProviderSchema.Response()
        for (kind, name), block in self.schemas.items():
            schema = protocol.Schema(version=0, block=schemas.message(block, protocol))
            if kind == "provider" and name == self.name:
                answer.provider.CopyFrom(schema)
            elif name.startswith(f"{self.name}_") and kind == "resource":
                answer.resource_schemas[name].CopyFrom(schema)
            elif name.startswith(f"{self.name}_") and kind == "data":
                answer.data_source_schemas[name].CopyFrom(schema)
        return answer

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept every configuration."""
        return protocol.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept every resource."""
        return protocol.ValidateResourceConfig.Response()

    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept every data source."""
        return protocol.ValidateDataResourceConfig.Response()

    def ConfigureProvider(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take the region and the default tags."""
        config = decode(request.config) or {}
        if isinstance(config.get("region"), str):
            self.region = config["region"]
        for block in config.get("default_tags") or ():
            self.tags = block["tags"] or {}
        return protocol.ConfigureProvider.Response()

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return a stored state as it is."""
        return protocol.UpgradeResourceState.Response(upgraded_state=protocol.DynamicValue(json=request.raw_state.json))

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return the state; what drifted, somebody changed by hand."""
        state = decode(request.current_state)
        drifted = json.loads(os.environ.get("STAND_IN_DRIFT", "{}")).get(request.type_name, {})
        return protocol.ReadResource.Response(new_state=encode(state and {**state, **drifted}))

    def ImportResourceState(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return a resource that exists already."""
        block = self.schemas["resource", request.type_name]
        empty = {name: each.default for name, each in block.attributes.items()}
        empty |= {name: None if each.mode == "single" else [] for name, each in block.blocks.items()}
        if "region" in empty:
            empty["region"] = self.region
        answer = protocol.ImportResourceState.Response()
        state = encode(account.imported(request.type_name, request.id, empty))
        answer.imported_resources.add(type_name=request.type_name, state=state)
        return answer

    def PlanResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Plan."""
        answer = protocol.PlanResourceChange.Response(legacy_type_system=True)
        block = self.schemas["resource", request.type_name]
        prior, proposed = decode(request.prior_state), decode(request.proposed_new_state)
        if proposed is None:
            answer.planned_state.CopyFrom(request.proposed_new_state)
            return answer
        config = decode(request.config)
        planned = planning.plan(request.type_name, block, prior, config, proposed, self.region, self.tags)
        answer.planned_state.CopyFrom(encode(planned))
        if prior is not None:
            for name in planning.replacing(block, prior, planned):
                answer.requires_replace.add().steps.add(attribute_name=name)
        return answer

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Pretend to apply."""
        planned = decode(request.planned_state)
        if planned is not None:
            block, kind = self.schemas["resource", request.type_name], request.type_name
            planned = planning.apply(
                block, planned, lambda name, state: account.computed(kind, self.region, name, state)
            )
        return protocol.ApplyResourceChange.Response(new_state=encode(planned), legacy_type_system=True)

    def MoveResourceState(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return a moved state as it is."""
        return protocol.MoveResourceState.Response(target_state=protocol.DynamicValue(json=request.source_state.json))

    def ReadDataSource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Read from the pretended account."""
        found = account.read(request.type_name, self.region, decode(request.config))
        return protocol.ReadDataSource.Response(state=encode(found))

    def GetFunctions(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Offer no functions."""
        return protocol.GetFunctions.Response()

    def StopProvider(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Stop; the server does it."""
        return protocol.StopProvider.Response()


if __name__ == "__main__":
    # The framework's runner does the handshake, the certificate and the shutdown; only its servicer is replaced, since
    # it plans in its own way and not as this provider does.
    tf.provider.ProviderServicer = Servicer
    run_provider(sys.argv[1], argv=sys.argv[:1])
