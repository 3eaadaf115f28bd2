"""A kind of ours in the form that moto's stacks ask of a resource class, and what they ask of a resource."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn

from smsl.lab.cloudformation.api import Api
from smsl.lab.cloudformation.dynamic import without_references
from smsl.lab.cloudformation.kind import Call, Kind, Made, Refused, Wanted


class Resource:
    """A resource that a stack has made."""

    logical_resource_id: str
    """Set by moto, and so is the next."""
    cf_resource_type: str

    def __init__(self, kind: Kind, made: Made, properties: Mapping[str, Any], call: Call) -> None:
        self.kind = kind
        self.properties = properties
        self._made = made
        self._call = call

    @property
    def physical_resource_id(self) -> str:
        """What `Ref` answers."""
        return self._made.id

    def get_cfn_attribute(self, name: str) -> Any:
        """Return what `Fn::GetAtt` answers.

        Raises:
            NotImplementedError: The kind has no such attribute.
        """
        if name not in self._made.attributes:
            raise NotImplementedError(name)
        value = self._made.attributes[name]
        return value() if callable(value) else value

    def is_created(self) -> bool:
        """Tell that nothing is left to wait for."""
        return True

    def delete(self, _account: str, _region: str) -> None:
        """Delete it.

        Raises:
            Refused: The API refuses it.
        """
        if self.kind.delete:
            self.kind.delete(self._made, self.properties, self._call)


class Adapter:
    """What moto takes for the class of a resource type."""

    def __init__(self, kind: Kind, api: Api) -> None:
        self._kind = kind
        self._api = api

    def has_cfn_attr(self, _name: str) -> bool:
        """Leave it to the resource to say which attributes it has."""
        return True

    def create_from_cloudformation_json(
        self, _name: str, template: Mapping[str, Any], account: str, region: str, **stack: str
    ) -> Resource:
        """Make a resource.

        Raises:
            Refused: It cannot be made, or has a property that would be dropped.
        """
        from moto.cloudformation.utils import random_suffix

        call = self._api.within(region)
        properties = without_references(template["Properties"], call)
        if unknown := sorted(set(properties) - self._kind.properties):
            raise Refused(f"Properties validation failed: #: extraneous key [{unknown[0]}] is not permitted")
        if missing := sorted(set(self._kind.required) - set(properties)):
            raise Refused(f"Properties validation failed: #: required key [{missing[0]}] not found")
        name = stack["StackId"].split("/")[1]
        tags = {
            **_stack_tags(account, region, stack["StackId"]),
            "aws:cloudformation:stack-name": name,
            "aws:cloudformation:stack-id": stack["StackId"],
            "aws:cloudformation:logical-id": stack["LogicalId"],
        }
        begun: list[str] = []
        wanted = Wanted(properties, stack["LogicalId"], name, tags, random_suffix(), call, begun.append)
        try:
            made = self._kind.create(wanted)
        except Exception:
            for identifier in begun:
                with suppress(Refused):  # the first failure is the one to tell of
                    Resource(self._kind, Made(identifier), properties, call).delete(account, region)
            raise
        return Resource(self._kind, made, properties, call)

    def update_from_cloudformation_json(
        self, *, original_resource: Resource, cloudformation_json: Mapping[str, Any], region_name: str, **_more: str
    ) -> Resource:
        """Keep a resource whose properties are what they were.

        Raises:
            Refused: They are not: the lab's stacks are made and deleted.
        """
        properties = without_references(cloudformation_json["Properties"], self._api.within(region_name))
        if properties != original_resource.properties:
            raise Refused(f"The lab does not update {self._kind.type}: delete the stack and create it anew")
        return original_resource

    def delete_from_cloudformation_json(self, *_arguments: Any) -> NoReturn:
        """Never called for what `Resource.delete` deletes.

        Raises:
            Refused: Always.
        """
        raise Refused(f"{self._kind.type} cannot be deleted")


def _stack_tags(account: str, region: str, identifier: str) -> dict[str, str]:
    """Return the stack's own tags; none for a stack within a stack set, which moto keeps elsewhere."""
    from moto.cloudformation.models import cloudformation_backends

    stack = cloudformation_backends[account][region].stacks.get(identifier)
    return dict(stack.tags) if stack else {}
