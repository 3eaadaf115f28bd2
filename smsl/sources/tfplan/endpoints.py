"""VPC endpoints, and what is declared of them apart.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/vpc_endpoint.html.markdown
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from smsl.model.network import Endpoint
from smsl.model.standin import is_unsettled, plain
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.implicit import default_group
from smsl.sources.declared.network_pieces import (
    EndpointDnsPiece,
    EndpointGroupsPiece,
    EndpointPolicyPiece,
    EndpointSubnetsPiece,
    NetworkPiece,
)
from smsl.sources.declared.pieces import Piece
from smsl.sources.tfplan.body import Body
from smsl.sources.tfplan.policies import policy_document

_FAMILIES = {"ipv4": ("ipv4",), "ipv6": ("ipv6",), "dualstack": ("ipv4", "ipv6")}
_INTERFACE = "Interface"


def endpoint(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_endpoint``; the provider makes a gateway endpoint where no type is given."""
    id_, vpc = body.required("id"), body.required("vpc_id")
    kind = body.text("vpc_endpoint_type") or "Gateway"
    service = body.text("service_name")
    state = body.values.get("state")
    yield NetworkPiece(
        body.origin,
        body.region,
        Endpoint(
            id=id_,
            vpc=vpc,
            type=kind,
            service=body.unsettled("service_name") if service is None or is_unsettled(service) else service,
            state=state.lower() if isinstance(state, str) else "available",
            private_dns=_private(body),
            interfaces=(),
            groups=_groups(body, vpc) if kind == _INTERFACE else (),
            record_types=_record_types(body),
            names=_names(body),
        ),
    )
    if kind == _INTERFACE:
        subnets = body.texts("subnet_ids") if body.given("subnet_ids") else ()
        if not isinstance(subnets, Unknown) and not body.written.get("subnet_ids"):
            subnets = tuple(each for each in subnets if ("endpoint", id_, each) not in body.reading.apart)
        yield EndpointSubnetsPiece(body.at("subnet_ids"), body.region, id_, subnets)
    if body.given("policy") and (body.written.get("policy") or ("endpoint", id_, "policy") not in body.reading.apart):
        yield _policy(body, id_)


def _groups(body: Body, vpc: str) -> Maybe[tuple[str, ...]]:
    """Return the groups; AWS gives an endpoint without any the VPC's default group."""
    given = body.texts("security_group_ids") if body.given("security_group_ids") else ()
    if isinstance(given, Unknown):
        return given
    if given and not body.written.get("security_group_ids"):
        id_ = body.required("id")
        return tuple(each for each in given if ("endpoint", id_, each) not in body.reading.apart)
    return given or (default_group(vpc),)


def _private(body: Body) -> Maybe[bool]:
    """Tell whether the service's name leads to the endpoint inside the VPC."""
    if not body.given("private_dns_enabled"):
        return False
    found = body.flag("private_dns_enabled", default=False)
    options = body.blocks("dns_options", computed=True)
    for each in () if isinstance(options, Unknown) else options:
        if each.flag("private_dns_only_for_inbound_resolver_endpoint", default=False) is True:
            return False
    return found


def _record_types(body: Body) -> Maybe[tuple[str, ...]]:
    """Return the families of the endpoint's DNS records; ``service-defined`` follows its addresses."""
    options = body.blocks("dns_options", computed=True)
    kinds = [each.text("dns_record_ip_type") or "" for each in (() if isinstance(options, Unknown) else options)]
    kind = kinds[0] if kinds and not is_unsettled(kinds[0]) else ""
    if kind in ("", "service-defined"):
        given = body.text("ip_address_type") if body.given("ip_address_type") else ""
        kind = given or "ipv4"
    return _FAMILIES.get(kind.lower(), Unknown(f"{body.cause('ip_address_type')} is none that is known"))


def _names(body: Body) -> tuple[str, ...]:
    found = body.blocks("dns_entry", computed=True)
    names = [each.values.get("dns_name") for each in (() if isinstance(found, Unknown) else found)]
    return tuple(plain(each).lower().rstrip(".") for each in names if isinstance(each, str))


def _policy(body: Body, endpoint: str) -> Piece:
    found, statements = policy_document(body, "policy", f"endpoint policy of {endpoint}")
    text = json.dumps(found, ensure_ascii=False) if isinstance(found, dict) else found
    return EndpointPolicyPiece(body.at("policy"), body.region, endpoint, text, statements)


def policy(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_endpoint_policy``; without a policy it is the full access that AWS gives."""
    endpoint = body.required("vpc_endpoint_id")
    if body.given("policy"):
        yield _policy(body, endpoint)
    else:
        yield EndpointPolicyPiece(body.origin, body.region, endpoint, None)


def subnet_use(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_endpoint_subnet_association``."""
    yield EndpointSubnetsPiece(
        body.origin, body.region, body.required("vpc_endpoint_id"), (body.required("subnet_id"),)
    )


def group_use(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_endpoint_security_group_association``."""
    yield EndpointGroupsPiece(
        body.origin,
        body.region,
        body.required("vpc_endpoint_id"),
        (body.required("security_group_id"),),
        instead=body.flag("replace_default_association", default=False) is True,
    )


def names(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_endpoint_private_dns``."""
    yield EndpointDnsPiece(
        body.origin,
        body.region,
        body.required("vpc_endpoint_id"),
        body.flag("private_dns_enabled", default=False),
    )
