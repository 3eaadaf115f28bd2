"""Plans and templates that the command line names, read into the Snapshots that they make."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from smsl.cli.found import Found, Stack, found_in
from smsl.model.errors import InputError, SmslError
from smsl.model.finding import Dialect
from smsl.model.snapshot import Snapshot

if TYPE_CHECKING:
    from smsl.sources.declared.declaration import Declaration, Place

_MOST_TEMPLATE, _MOST_PLAN = 8 * 2**20, 256 * 2**20
"""Bytes. CloudFormation takes 1 MB from S3; plans of large roots have some tens."""
_MOST_SUPPOSED = 12
_PLAIN = "It is UTF-16, as PowerShell writes with >. Write it as UTF-8: | Out-File -Encoding utf8 FILE"
_STARTS = {
    b"PK\x03\x04": "It may be a plan as Terraform keeps it. Use: terraform show -json FILE > plan.json",
    b"\xff\xfe": _PLAIN,
    b"\xfe\xff": _PLAIN,
}
"""What files begin with that are meant for something else."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the command line says of what is to be deployed."""

    plans: tuple[Path, ...] = ()
    templates: tuple[Path, ...] = ()
    directory: Path | None = None
    parameters: tuple[str, ...] = ()
    """``KEY=VALUE``."""
    account: str | None = None
    regions: tuple[str, ...] = ()

    @property
    def given(self) -> bool:
        """Whether anything is to be read."""
        return bool(self.plans or self.templates or self.directory)

    @property
    def dialect(self) -> Dialect:
        """What fixes are written in where nobody says: the language that the fault is written in."""
        if self.templates or (self.directory is not None and not self.plans):
            return Dialect.CLOUDFORMATION
        return Dialect.TERRAFORM if self.plans else Dialect.AWSCLI


def suppositions(declared: Declared, under: Snapshot | None, secrets: tuple[str, ...]) -> list[list[Snapshot]]:
    """Return, for each infrastructure that is deployed by itself, its Snapshots in the places that it may go to.

    Raises:
        SmslError: A file cannot be read, or is neither plan nor template.
    """
    named = Found(tuple(declared.plans), tuple(map(Stack, declared.templates)))
    groups = [named] if declared.plans or declared.templates else []
    if declared.directory is not None:
        groups += found_in(declared.directory)
    return [each for group in groups for each in _suppositions(declared, group, under, secrets)]


def _suppositions(
    declared: Declared, group: Found, under: Snapshot | None, secrets: tuple[str, ...]
) -> list[list[Snapshot]]:
    from smsl.sources.declared.assemble import assemble
    from smsl.sources.declared.declaration import Place

    now = datetime.now(UTC)
    texts = [(path, _text(path, _MOST_PLAN)) for path in group.plans]
    written = [(each, _text(each.path, _MOST_TEMPLATE)) for each in group.templates]
    parameters = _parameters(declared.parameters)

    def at(place: Place) -> tuple[Declaration, ...]:
        return tuple(_declarations(texts, written, place, parameters))

    given = Place()
    if declared.account:
        given = replace(given, account=_account(declared.account))
    if len(declared.regions) > 1:
        raise SmslError("More than one --region is given.", "A deployment goes to one: judge it once for each.")
    if declared.regions:
        given = replace(given, region=declared.regions[0], partition=_partition(declared.regions[0]))
    elif (own := os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")) and under is None:
        given = replace(given, region=own, partition=_partition(own))
    elif under is not None and under.source.region:
        given = replace(given, region=under.source.region.split(",")[0].strip())
    if under is not None and under.source.account and not declared.account:
        given = replace(given, account=under.source.account)
    first = at(given)
    if len(group.templates) > 1:
        from smsl.cli.apart import parted

        groups = parted(group, first)
        if len(groups) > 1:
            return [each for part in groups for each in _suppositions(declared, part, under, secrets)]
    return [[assemble(each, now, under, secrets) for each in (first, *(at(place) for place in _others(given, first)))]]


def _others(given: Place, first: Sequence[Declaration]) -> Iterator[Place]:
    """Yield the further places that what is written down makes possible."""
    from smsl.sources.declared.declaration import ACCOUNT, REGION

    settled = first[0].place
    if settled.account != ACCOUNT and settled.region != REGION:
        return
    from smsl.sources.declared.supposed import places_of_policies

    of_policies = places_of_policies(piece for one in first for piece in one.pieces)
    accounts = tuple(dict.fromkeys((*(each for one in first for each in one.written_accounts), *of_policies[0])))
    regions = tuple(dict.fromkeys((*(each for one in first for each in one.written_regions), *of_policies[1])))
    pairs = [
        (account, region)
        for account, region in product(
            (settled.account, *(accounts if settled.account == ACCOUNT else ())),
            (settled.region, *(regions if settled.region == REGION else ())),
        )
        if (account, region) != (settled.account, settled.region)
    ]
    if len(pairs) > _MOST_SUPPOSED:
        raise InputError(
            f"The files speak of {len(accounts)} accounts and {len(regions)} regions, and do not say which is theirs.",
            "Say it with --account and --region.",
        )
    for account, region in pairs:
        yield replace(given, account=account, region=region, partition=_partition(region))


def _declarations(
    plans: Sequence[tuple[Path, str]],
    templates: Sequence[tuple[Stack, str]],
    place: Place,
    parameters: dict[str, str],
) -> Iterator[Declaration]:
    for path, text in plans:
        from smsl.sources.tfplan.read import read_plan

        yield read_plan(str(path), text, place)
    if templates:
        from smsl.sources.cfn.read import read_templates
        from smsl.sources.cfn.template import TemplateFile

        files = [
            TemplateFile(str(stack.path), text, stack.name, stack.account, stack.region) for stack, text in templates
        ]
        yield read_templates(files, place, parameters)


def _text(path: Path, most: int) -> str:
    """Return a file's text; a pipe's, as a shell makes for ``<(terraform show -json plan)``, is read as far as allowed.

    Raises:
        SmslError: It cannot be read, is longer than `most` bytes, or is no text.
    """
    try:
        content = sys.stdin.buffer.read(most + 1) if str(path) == "-" else _content(path, most)
    except (OSError, ValueError) as error:  # a NUL in a path is a ValueError
        raise SmslError(f"{path} cannot be read ({type(error).__name__}).", "Check the path.") from None
    if len(content) > most:
        raise InputError(f"{path}: has more than the {most // 2**20} MB that are read.")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        hint = next((hint for start, hint in _STARTS.items() if content.startswith(start)), "")
        raise InputError(f"{path}: is not text in UTF-8.", hint) from None


def _content(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most + 1)


def _parameters(texts: Sequence[str]) -> dict[str, str]:
    found = {}
    for number, text in enumerate(texts, 1):
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise SmslError(f"--parameter number {number} is not KEY=VALUE.", "Write --parameter KEY=VALUE.")
        found[key] = value
    return found


def _account(text: str) -> str:
    if not (text.isascii() and text.isdecimal() and len(text) == 12):
        raise SmslError("--account is not an account id.", "It has twelve digits.")
    return text


def _partition(region: str) -> str:
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def chosen(snapshots: Sequence[Snapshot], names: Sequence[str]) -> list[Snapshot]:
    """Return the Snapshots with the named functions only; all of them where none is named.

    A function is named by its name, its ARN, or the address or logical id under which it is declared.
    """
    if not names:
        return list(snapshots)
    wanted = set(names)

    def is_named(snapshot: Snapshot, arn: str, name: str) -> bool:
        origin = snapshot.origins.get((arn,))
        return bool(wanted & {arn, name, *((origin.address,) if origin is not None else ())})

    return [
        replace(each, functions=tuple(one for one in each.functions if is_named(each, one.arn, one.name)))
        for each in snapshots
    ]
