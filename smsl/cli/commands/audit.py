"""``smsl audit``: can the function read its secrets?"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from smsl.cli.account import read_account
from smsl.cli.declared import Declared
from smsl.cli.gate.asked import Asked
from smsl.cli.gate.gate import gate_of
from smsl.cli.gate.options import (
    BaselineFile,
    ConfigFile,
    FailOn,
    MinConfidence,
    MinSeverity,
    NoInline,
    Preview,
    Prune,
    TrustedRef,
    Unknown,
    WriteBaseline,
)
from smsl.cli.options import (
    Account,
    Deadline,
    Debug,
    EndpointUrl,
    Everything,
    From,
    Functions,
    Parameters,
    Plans,
    Profile,
    Regions,
    RoleArn,
    Secrets,
    Templates,
)
from smsl.cli.outputs import Format, Manner, outputs_of, write
from smsl.gate.decide import Exit
from smsl.model.errors import SmslError
from smsl.model.finding import Area, Dialect

if TYPE_CHECKING:
    from smsl.model.report import Report
    from smsl.model.snapshot import Snapshot


def command(
    functions: Functions = None,
    everything: Everything = False,
    capture: Annotated[
        Optional[Path],  # noqa: UP045  -- typer reads the annotation when the program runs
        typer.Option(
            "--capture",
            metavar="FILE",
            help="Judge a file written by smsl capture (- is stdin), or lay it under a plan or template.",
        ),
    ] = None,
    plans: Plans = None,
    templates: Templates = None,
    directory: From = None,
    parameters: Parameters = None,
    account: Account = None,
    lab: Annotated[bool, typer.Option("--lab", help="Audit the embedded sample account.")] = False,
    secrets: Secrets = None,
    regions: Regions = None,
    profile: Profile = None,
    role_arn: RoleArn = None,
    endpoint_url: EndpointUrl = None,
    formats: Annotated[
        Optional[list[str]],  # noqa: UP045  -- as above
        typer.Option(
            "--format",
            metavar="NAME[=FILE]",
            help=f"Write the result as {', '.join(Format)} (default: console); with a file, there instead of"
            " on stdout. Repeatable.",
        ),
    ] = None,
    fail_on: FailOn = None,
    on_unknown: Unknown = None,
    min_severity: MinSeverity = None,
    min_confidence: MinConfidence = None,
    config: ConfigFile = None,
    baseline: BaselineFile = None,
    write_baseline: WriteBaseline = None,
    no_inline: NoInline = False,
    trusted_ref: TrustedRef = None,
    preview: Preview = False,
    prune_baseline: Prune = False,
    only: Annotated[
        Optional[list[str]],  # noqa: UP045  -- as above
        typer.Option("--only", metavar="AREAS", help=f"Rules of these areas only: {','.join(Area)}."),
    ] = None,
    notes: Annotated[bool, typer.Option("--notes", help="Show all findings, low ones too.")] = False,
    fix_as: Annotated[
        Optional[Dialect],  # noqa: UP045  -- as above
        typer.Option("--fix-as", help="What fixes are written in (default: awscli)."),
    ] = None,
    path: Annotated[bool, typer.Option("--path", help="Draw network paths that work, too.")] = False,
    deadline: Deadline = 20.0,
    debug: Debug = False,
) -> None:
    """Say whether a function can read its secrets, and if not, what stops it and how to mend it.

    Reads only, and never a secret's value.
    """
    outputs = outputs_of(formats or ())
    gate = gate_of(
        Asked(
            fail_on,
            on_unknown,
            min_severity,
            min_confidence,
            config,
            no_inline=no_inline,
            baseline=baseline,
            write_baseline=write_baseline,
            trusted_ref=trusted_ref,
            preview=preview,
            prune=prune_baseline,
            functions=tuple(functions or ()),
        )
    )
    areas = _areas(only or gate.settings.only)
    secrets = secrets or list(gate.settings.secret)
    declared = Declared(
        tuple(plans or ()),
        tuple(templates or ()),
        directory,
        tuple(parameters or (f"{name}={value}" for name, value in gate.settings.parameters)),
        account or gate.settings.account,
        tuple(regions or gate.settings.region),
    )
    if declared.given:
        given: dict[str, object] = {"--all": everything, "--lab": lab, "--profile": profile}
        _refuse_beside("--plan, --template and --from", "They are judged without an account.", given)
        under = None if capture is None else _from_capture(capture, (), ())
        report = _of_declared(declared, under, functions or (), secrets, areas)
    elif capture is not None:
        from smsl.audit import audit

        given = {"--all": everything, "--lab": lab, "--endpoint-url": endpoint_url, "--region": regions}
        _refuse_beside("--capture", "A capture is judged as it was taken.", given)
        report = audit(_from_capture(capture, functions or (), secrets), areas)
    else:
        snapshot = live(
            functions or (),
            lab=lab,
            everything=everything,
            regions=regions or (() if lab else gate.settings.region),
            secrets=secrets,
            profile=profile,
            role_arn=role_arn,
            endpoint_url=endpoint_url,
            notes=notes,
            deadline=deadline,
            debug=debug,
        )
        from smsl.audit import audit

        report = audit(snapshot, areas)
    from smsl.cli.gate.judged import judge, prune

    if prune_baseline:
        prune(report, gate)
        raise typer.Exit
    judged = judge(report, gate)
    fix_as = fix_as or gate.settings.fix_as or declared.dialect
    write(judged.report, outputs, Manner(judged.code, notes, path, fix_as, gate.fail_on, gate.fail_on_unknown))
    if judged.code is Exit.NOT_RUN:
        raise SmslError("No function was audited: a gate that matches nothing guards nothing.")
    raise typer.Exit(judged.code)


def _of_declared(
    declared: Declared,
    under: Snapshot | None,
    functions: Sequence[str],
    secrets: Sequence[str],
    areas: frozenset[Area],
) -> Report:
    """Return the report of what is to be deployed, each infrastructure judged in the places that it may go to."""
    from smsl.cli.declared import chosen, suppositions
    from smsl.suppose import audit_under, together

    groups = suppositions(declared, under, tuple(secrets))
    reports = [audit_under(chosen(group, functions), areas) for group in groups]
    return together(reports)


def live(
    functions: Sequence[str],
    *,
    lab: bool = False,
    everything: bool = False,
    regions: Sequence[str] = (),
    secrets: Sequence[str] = (),
    profile: str | None = None,
    role_arn: str | None = None,
    endpoint_url: str | None = None,
    notes: bool = False,
    deadline: float = 20.0,
    debug: bool = False,
) -> Snapshot:
    """Return the snapshot of an account, or of the lab, which is started for it and stopped again."""
    from smsl.sources.aws.connection import Connection
    from smsl.sources.aws.convert import convert

    with ExitStack() as stack:
        if lab:
            if profile or role_arn or endpoint_url:
                raise SmslError("--lab needs no other account.", "Leave out --profile, --role-arn, --endpoint-url.")
            endpoint_url = _enter_lab(stack)
        taken = read_account(
            functions,
            Connection(profile, role_arn, endpoint_url, deadline),
            everything=everything,
            regions=regions,
            secrets=secrets,
            notes=notes,
            debug=debug,
        )
    return convert(taken, "lab" if lab else "live")


def _enter_lab(stack: ExitStack) -> str:
    from smsl.lab.account import embedded

    running = stack.enter_context(embedded())
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # the lab's process must see no real credentials, nor this one use them
    os.environ.update(running.environment)
    return running.url


def _from_capture(path: Path, functions: Sequence[str], secrets: Sequence[str]) -> Snapshot:
    """Return the snapshot of a capture, of the named functions only where some are named."""
    from smsl.sources.aws.capture import load
    from smsl.sources.aws.convert import convert
    from smsl.sources.aws.request import parse_target

    snapshot = convert(load(_text(path)), "capture")
    snapshot = replace(snapshot, extra_secrets=(*snapshot.extra_secrets, *secrets))
    if not functions:
        return snapshot
    named = [parse_target(each) for each in functions]
    chosen = tuple(
        function
        for function in snapshot.functions
        if any(
            (target.name, target.qualifier) == (function.name, function.asked)
            and target.region in {None, function.region}
            and target.account in {None, function.account}
            for target in named
        )
    )
    if not chosen:
        raise SmslError("The capture holds none of these functions.", "Without a name all that it holds are judged.")
    return replace(snapshot, functions=chosen)


def _text(path: Path) -> str:
    if str(path) == "-":
        return sys.stdin.read()
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SmslError(f"The capture cannot be read ({type(error).__name__}).", "Check --capture.") from None
    except UnicodeDecodeError:
        raise SmslError("The capture is not text in UTF-8.", "Check --capture.") from None


def _refuse_beside(what: str, why: str, given: Mapping[str, object]) -> None:
    """Raise for the first option that is given and does not go with another one."""
    wrong = [name for name, value in given.items() if value]
    if wrong:
        raise SmslError(f"{wrong[0]} does not go with {what}.", why)


def _areas(texts: Iterable[str]) -> frozenset[Area]:
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    wrong = [name for name in names if name not in set(Area)]
    if wrong:
        raise SmslError("--only has an area that there is not.", f"The areas are {', '.join(Area)}.")
    return frozenset(Area(name) for name in names) or frozenset(Area)
