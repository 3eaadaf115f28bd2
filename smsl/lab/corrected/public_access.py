"""EC2: VPC Block Public Access, which moto does not have.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
"""

from __future__ import annotations

from typing import Any

from smsl.lab.corrected.document import answer_of
from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.errors import failure
from smsl.lab.exchange import ACCOUNT, Reply, Request

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"
_MODES = ("off", "block-bidirectional", "block-ingress")
_EXCLUSIONS = ("allow-bidirectional", "allow-egress")
_EXCLUSION = "vpcBlockPublicAccessExclusion"


class _State:
    """A region's mode, and its exclusions by id."""

    def __init__(self) -> None:
        self.mode = "off"
        self.exclusions: dict[str, tuple[str, str]] = {}
        """To the id of a VPC or subnet, and the exclusion's mode."""

    def effective(self, *places: str) -> str:
        """Return the mode that is in force for a subnet, given its id and its VPC's."""
        allowed = {mode for place, mode in self.exclusions.values() if place in places}
        if "allow-bidirectional" in allowed:
            return "off"
        return "block-ingress" if "allow-egress" in allowed and self.mode != "off" else self.mode


def _state(request: Request, emulator: Emulator) -> _State:
    backend = emulator.backend("ec2", request.region)
    if not hasattr(backend, "block_public_access"):
        backend.block_public_access = _State()
    state: _State = backend.block_public_access
    return state


def _options(request: Request, emulator: Emulator) -> Reply:
    state = _state(request, emulator)
    mode = request.parameters.get("InternetGatewayBlockMode")
    if request.operation.startswith("Modify"):
        if mode not in _MODES:
            return failure(request, 400, "InvalidParameterValue", "Unknown internet gateway block mode.")
        state.mode = str(mode)
    status = "default-state" if state.mode == "off" else "update-complete"
    members = (
        f"<vpcBlockPublicAccessOptions><awsAccountId>{ACCOUNT}</awsAccountId>"
        f"<awsRegion>{request.region}</awsRegion><state>{status}</state>"
        f"<internetGatewayBlockMode>{state.mode}</internetGatewayBlockMode><managedBy>account</managedBy>"
        "<exclusionsAllowed>allowed</exclusionsAllowed></vpcBlockPublicAccessOptions>"
    )
    return answer_of(request.operation, members)


def _created(request: Request, emulator: Emulator) -> Reply:
    state, fields = _state(request, emulator), request.parameters
    place, mode = str(fields.get("SubnetId") or fields.get("VpcId") or ""), fields.get("InternetGatewayExclusionMode")
    if not place or mode not in _EXCLUSIONS:
        return failure(request, 400, "InvalidParameterValue", "An exclusion needs a VPC or subnet, and a mode.")
    number = len(state.exclusions) + 1
    identifier = f"vpcbpa-exclude-{number:017x}"
    state.exclusions[identifier] = (place, str(mode))
    return answer_of(request.operation, f"<{_EXCLUSION}>{_exclusion(request, state, identifier)}</{_EXCLUSION}>")


def _deleted(request: Request, emulator: Emulator) -> Reply:
    state = _state(request, emulator)
    identifier = str(request.parameters.get("ExclusionId", ""))
    if identifier not in state.exclusions:
        return failure(request, 400, "InvalidVpcBlockPublicAccessExclusionId.NotFound", "No such exclusion.")
    members = f"<{_EXCLUSION}>{_exclusion(request, state, identifier)}</{_EXCLUSION}>"
    del state.exclusions[identifier]
    return answer_of(request.operation, members)


def _described(request: Request, emulator: Emulator) -> Reply:
    state = _state(request, emulator)
    wanted = request.numbered("ExclusionId") or list(state.exclusions)
    items = "".join(f"<item>{_exclusion(request, state, each)}</item>" for each in wanted if each in state.exclusions)
    return answer_of(request.operation, f"<{_EXCLUSION}Set>{items}</{_EXCLUSION}Set>")


def _exclusion(request: Request, state: _State, identifier: str) -> str:
    place, mode = state.exclusions[identifier]
    kind = "subnet" if place.startswith("subnet-") else "vpc"
    return (
        f"<exclusionId>{identifier}</exclusionId><internetGatewayExclusionMode>{mode}</internetGatewayExclusionMode>"
        f"<resourceArn>arn:aws:ec2:{request.region}:{ACCOUNT}:{kind}/{place}</resourceArn><state>create-complete</state>"
    )


def show_states(request: Request, emulator: Emulator) -> None:
    """Give every VPC and subnet the mode that is in force for it."""
    backend, state = emulator.backend("ec2", request.region), _state(request, emulator)
    for vpc in backend.vpcs.values():
        vpc.block_public_access_states = _mode(state.effective(vpc.id))
    for zone in backend.subnets.values():
        for subnet in zone.values():
            subnet.block_public_access_states = _mode(state.effective(subnet.id, subnet.vpc_id))


def _mode(mode: str) -> dict[str, Any]:
    return {"InternetGatewayBlockMode": mode}


ROWS: tuple[Correction, ...] = (
    Correction(
        "block-public-access",
        "ec2",
        ("DescribeVpcBlockPublicAccessOptions", "ModifyVpcBlockPublicAccessOptions"),
        "moto does not implement the operations.",
        f"{_API}API_DescribeVpcBlockPublicAccessOptions.html",
        before=_options,
    ),
    Correction(
        "block-public-access-exclusions",
        "ec2",
        ("DescribeVpcBlockPublicAccessExclusions",),
        "moto does not implement the operation.",
        f"{_API}API_DescribeVpcBlockPublicAccessExclusions.html",
        before=_described,
    ),
    Correction(
        "block-public-access-exclusion-created",
        "ec2",
        ("CreateVpcBlockPublicAccessExclusion",),
        "moto does not implement the operation.",
        f"{_API}API_CreateVpcBlockPublicAccessExclusion.html",
        before=_created,
    ),
    Correction(
        "block-public-access-exclusion-deleted",
        "ec2",
        ("DeleteVpcBlockPublicAccessExclusion",),
        "moto does not implement the operation.",
        f"{_API}API_DeleteVpcBlockPublicAccessExclusion.html",
        before=_deleted,
    ),
    Correction(
        "block-states",
        "ec2",
        ("DescribeVpcs", "DescribeSubnets"),
        "moto leaves out BlockPublicAccessStates.",
        f"{_API}API_BlockPublicAccessStates.html",
        before=show_states,
    ),
)
