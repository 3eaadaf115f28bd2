"""moto's stacks, made strict: what moto would drop in silence fails the stack, and a failed stack is rolled back.

moto keeps the stacks, their events, exports and change sets; what is put in its place here is how it reads a
template, resolves its functions, and creates and deletes resources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from smsl.lab.cloudformation import conditions, intrinsics, template
from smsl.lab.cloudformation.adapter import Adapter
from smsl.lab.cloudformation.api import Api
from smsl.lab.cloudformation.kind import Call, Kind, Refused

_RETAINED = frozenset({"Retain", "RetainExceptOnCreate"})
"""Deletion policies that keep a resource. Source:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"""


class _Failed(Refused):
    """A resource of a stack could not be made."""

    def __init__(self, logical_id: str, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.logical_id = logical_id
        self.kind = kind


def install(api: Api, kinds: tuple[Kind, ...]) -> None:
    """Put these parts into moto, for the rest of this process."""
    from moto.cloudformation import models, parsing

    adapters: dict[str, Any] = {kind.type: Adapter(kind, api) for kind in kinds}
    known: dict[str, Any] = {**parsing.get_model_map(), **adapters}

    def read(text: str) -> dict[str, Any]:
        parsed = template.parse(text)
        template.validate(parsed, known)
        return parsed

    # `Any`, because a module's function, a method and a property are replaced by others of the same form.
    patched: Any = parsing
    patched.clean_json = intrinsics.resolve
    patched.parse_condition = conditions.holds
    patched.resource_class_from_type = known.__getitem__
    patched.parse_and_create_resource = _create(parsing.parse_and_create_resource)
    resources: Any = parsing.ResourceMap
    resources.validate_outputs = _unchecked
    resources.parse_ssm_parameter = _parameter(api.within)
    resources.delete = _delete
    stack: Any = models.Stack
    stack.parse_template = staticmethod(read)
    stack.stack_resources = property(_made)
    change_set: Any = models.ChangeSet
    change_set._parse_template = lambda change: setattr(change, "template_dict", read(change.template))  # noqa: SLF001 - moto's own name
    backend: Any = models.CloudFormationBackend
    backend.create_stack = _said(_create_stack)
    for name in ("update_stack", "create_change_set", "execute_change_set", "delete_stack"):
        setattr(backend, name, _said(getattr(backend, name)))


def _said(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a refusal reach the caller as CloudFormation's own error."""

    @wraps(method)
    def saying(*arguments: Any, **named: Any) -> Any:
        from moto.cloudformation.exceptions import ValidationError

        try:
            return method(*arguments, **named)
        except Refused as refused:
            raise ValidationError(message=str(refused)) from None

    return saying


def _create(original: Callable[..., Any]) -> Callable[..., Any]:
    """Make a resource after those that it depends on, and say which one failed."""

    def create(logical_id: str, resource: Mapping[str, Any], resources: Any, **where: str) -> Any:
        try:
            condition = resource.get("Condition")
            if condition and not conditions.holds({"Condition": condition}, resources, resources.lazy_condition_map):
                return None
            before = resource.get("DependsOn") or []
            for name in [before] if isinstance(before, str) else before:
                _ = resources[name]  # a template whose dependencies are not in it was refused
            made = original(logical_id, resource, resources, **where)
        except (_Failed, RecursionError):
            raise
        except Exception as failed:  # noqa: BLE001 - whatever stops a resource fails its stack
            raise _Failed(logical_id, str(resource["Type"]), _reason(failed)) from None
        if reason := getattr(made, "stack_status_reason", ""):  # of a stack within the stack that was rolled back
            raise _Failed(logical_id, str(resource["Type"]), reason)
        return made

    return create


def _reason(failed: Exception) -> str:
    """Return what an event may say: the words of a refusal, and of nothing else, which could repeat a value."""
    if isinstance(failed, Refused):
        return str(failed)
    return str(getattr(failed, "message", "")) or f"The lab failed: {type(failed).__name__}"


def _create_stack(backend: Any, name: str, template: str, parameters: Mapping[str, Any], **more: Any) -> Any:
    """Make a stack and its resources, and roll them back when one fails.

    Raises:
        Refused: The template itself is refused: there is no stack.
    """
    from moto.cloudformation.exceptions import AlreadyExistsException
    from moto.cloudformation.models import Stack
    from moto.cloudformation.utils import generate_stack_id

    if any(stack.name == name for stack in backend.stacks.values()):
        raise AlreadyExistsException(f"Stack [{name}] already exists")
    identifier = generate_stack_id(name, backend.region_name, backend.account_id)
    make: Any = Stack
    stack = make(
        identifier,
        name,
        template,
        parameters,
        backend.account_id,
        backend.region_name,
        cross_stack_resources=backend.exports,
        **more,
    )
    if absent := sorted(set(parameters) - set(stack.template_dict.get("Parameters") or {})):
        raise Refused(f"Parameters: [{', '.join(absent)}] do not exist in the template")
    backend.stacks[identifier] = stack
    _event(stack, "CREATE_IN_PROGRESS", "User Initiated")
    try:
        stack.create_resources()
        _export(stack, backend.exports)
    except RecursionError:
        _roll_back(stack, "Circular dependency between resources")
    except Refused as failed:
        if isinstance(failed, _Failed):
            _event(stack, "CREATE_FAILED", str(failed), (failed.logical_id, failed.kind))
        _roll_back(stack, str(failed))
    return stack


def _export(stack: Any, exports: dict[str, Any]) -> None:
    """Resolve the outputs, so that a wrong one fails the stack, and let other stacks import what they export.

    Raises:
        Refused: A name is another stack's.
    """
    _ = stack.outputs
    own = {export.name: export for export in stack.exports}
    if taken := sorted(set(own) & set(exports)):
        raise Refused(f"Export with name {taken[0]} is already exported")
    exports.update(own)


def _roll_back(stack: Any, reason: str) -> None:
    _event(stack, "ROLLBACK_IN_PROGRESS", reason)
    stack.output_map._output_json_map = {}  # noqa: SLF001 - nothing is left that an output could name
    stack.status, stack.stack_status_reason = "ROLLBACK_COMPLETE", reason
    try:
        _delete(stack.resource_map, frozenset({"Retain"}))
    except Refused as failed:
        stack.status = "ROLLBACK_FAILED"
        reason = str(failed)
    _event(stack, stack.status, reason)


def _event(stack: Any, status: str, reason: str, resource: tuple[str, str] | None = None) -> None:
    stack._add_stack_event(status, resource_status_reason=reason)  # noqa: SLF001 - moto has no other way to it
    if resource:
        event = stack.events[-1]
        event.logical_resource_id, event.resource_type = resource
        event.physical_resource_id = ""


def _made(stack: Any) -> list[Any]:
    """Return the resources that were made, and make none: moto's map makes whatever it is asked for."""
    resources = stack.resource_map
    found = (resources._parsed_resources.get(name) for name in resources.resources)  # noqa: SLF001 - only there
    return [each for each in found if each is not None]


def _delete(resources: Any, retained: frozenset[str] = _RETAINED) -> None:
    """Delete what a stack made, the last first.

    Raises:
        Refused: A resource is not deleted.
    """
    made = resources._parsed_resources  # noqa: SLF001 - only there
    described = resources._resource_json_map  # noqa: SLF001 - only there
    for name in [name for name in reversed(made) if name in described]:
        if described[name].get("DeletionPolicy") not in retained:
            resources._delete_resource(made[name], described[name])  # noqa: SLF001 - only there
        del made[name]


def _unchecked(_resources: Any) -> None:
    """Leave outputs to the functions in them: moto looks at some of them before anything is made."""


def _parameter(within: Callable[[str], Call]) -> Callable[..., Any]:
    """Ask the API for a parameter of the type AWS::SSM::Parameter::Value: it knows AWS's public ones too."""

    def parameter(resources: Any, name: str, kind: str) -> Any:
        value = str(within(resources._region_name)("ssm", "GetParameter", Name=name)["Parameter"]["Value"])  # noqa: SLF001
        return value.split(",") if "List" in kind else value

    return parameter
