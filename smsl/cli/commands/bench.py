"""``smsl bench``: ways to read a secret, run and measured side by side."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from smsl.cli.options import EndpointUrl, Profile, RoleArn

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    subcommand_metavar="[compare OLD NEW | clean]",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


class Format(StrEnum):
    """What the result is written as."""

    CONSOLE = "console"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


class Where(StrEnum):
    """Where the functions run."""

    LAB = "lab"
    AWS = "aws"


class FetchIn(StrEnum):
    """Where an environment first reads its secrets."""

    INIT = "init"
    HANDLER = "handler"


class Architecture(StrEnum):
    """Lambda's two."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


Names = Optional[list[str]]  # noqa: UP045  -- typer reads the annotation when the program runs
Directory = Optional[Path]  # noqa: UP045  -- as above
Text = Optional[str]  # noqa: UP045  -- as above
Number = Optional[int]  # noqa: UP045  -- as above


@app.callback()
def command(
    context: typer.Context,
    strategies: Annotated[
        Names, typer.Option("--strategy", metavar="NAMES", help="Of sdk, cache, extension, env; all by default.")
    ] = None,
    runtimes: Annotated[
        Names, typer.Option("--runtime", metavar="NAMES", help="python, nodejs, or a version such as python3.13.")
    ] = None,
    cold: Annotated[int, typer.Option(help="Cold starts of each function.")] = 30,
    warm: Annotated[int, typer.Option(help="Warm invocations of each function.")] = 300,
    warmup: Annotated[int, typer.Option(help="Cold starts before those that count.")] = 1,
    at_once: Annotated[int, typer.Option(help="Environments of a function that start and serve at a time.")] = 1,
    secrets: Annotated[int, typer.Option(help="Secrets that each invocation reads.")] = 1,
    secret: Annotated[
        Names, typer.Option("--secret", metavar="NAME", help="One of the account's, not one made. Repeatable.")
    ] = None,
    ttl: Annotated[int, typer.Option(help="Seconds that cache and extension keep a value.")] = 300,
    fetch_in: Annotated[FetchIn, typer.Option(help="Where sdk and cache read first.")] = FetchIn.HANDLER,
    memory: Annotated[int, typer.Option(help="Megabytes of each function.")] = 256,
    architecture: Annotated[Architecture, typer.Option(help="Of each function.")] = Architecture.X86_64,
    rotation: Annotated[
        Optional[bool],  # noqa: UP045  -- as above
        typer.Option("--rotation/--no-rotation", help="Measure how long an old value is served.", show_default=False),
    ] = None,
    seed: Annotated[Number, typer.Option(help="Of the order of turns, and of what the lab draws.")] = None,
    target: Annotated[Where, typer.Option(help="lab needs nothing; aws makes functions in an account.")] = Where.LAB,
    service_latency: Annotated[
        Text, typer.Option(metavar="TIME", help="Lab: 20ms, or 20ms..100ms for median and 99th percentile.")
    ] = None,
    throttled: Annotated[Text, typer.Option(metavar="SHARE", help="Lab: calls that are throttled, such as 5%.")] = None,
    failing: Annotated[Text, typer.Option(metavar="SHARE", help="Lab: calls that fail within the service.")] = None,
    extension_binary: Annotated[
        Directory, typer.Option(metavar="FILE", help="Lab: AWS's own extension, in place of the emulated one.")
    ] = None,
    invocations: Annotated[str, typer.Option(metavar="N", help="A month's, for the cost; 10M, 250k.")] = "10M",
    concurrency: Annotated[int, typer.Option(help="Environments that are always warm, for the cost.")] = 50,
    prices: Annotated[Directory, typer.Option(metavar="FILE", help="Instead of the table that ships.")] = None,
    require: Annotated[
        Names, typer.Option("--require", metavar="LIMIT", help="cache.warm.p95<5ms: exit 1 if not met. Repeatable.")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How to write the result.")] = Format.CONSOLE,
    save_as: Annotated[
        Directory, typer.Option("--output", "-o", metavar="FILE", help="Where to save the result as JSON.")
    ] = None,
    notes: Annotated[bool, typer.Option("--notes", help="Every remark on a series.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="AWS: make it without asking.")] = False,
    cloudtrail: Annotated[bool, typer.Option("--cloudtrail", help="AWS: wait for CloudTrail to count calls.")] = False,
    region: Annotated[Text, typer.Option("--region", metavar="REGION", help="Instead of the environment's.")] = None,
    profile: Profile = None,
    role_arn: RoleArn = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Measure ways to read a secret: SDK call, cache, extension, and a variable as the floor.

    Real handlers run in the embedded lab, which needs neither AWS nor containers, or on AWS.
    """
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    from smsl.cli.bench.asked import Asked
    from smsl.cli.bench.run import run

    asked = Asked(
        strategies=tuple(strategies or ()), runtimes=tuple(runtimes or ()), cold=cold, warm=warm, warmup=warmup,
        at_once=at_once, secrets=secrets, secret=tuple(secret or ()), ttl=ttl, fetch_in=fetch_in.value,
        memory=memory, architecture=architecture.value, rotation=rotation, seed=seed, aws=target is Where.AWS,
        service_latency=service_latency, throttled=throttled, failing=failing, extension_binary=extension_binary,
        invocations=invocations, concurrency=concurrency, prices=prices, require=tuple(require or ()),
        output=output.value, save_as=save_as, notes=notes, yes=yes, cloudtrail=cloudtrail, region=region,
        profile=profile, role_arn=role_arn, endpoint_url=endpoint_url,
    )  # fmt: skip
    raise typer.Exit(run(asked))


def _refuse_options(context: typer.Context) -> None:
    """Refuse options of a run before a command that makes none: ignored, they would seem to be in force.

    Raises:
        SmslError: There are some.
    """
    from smsl.model.errors import SmslError

    sources = [context.get_parameter_source(each) for each in context.params]
    if any(each is not None and each.name == "COMMANDLINE" for each in sources):
        name = context.invoked_subcommand
        raise SmslError(f"smsl bench {name} makes no run.", f"Leave out the options before {name}: its own come after.")


@app.command("compare")
def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A saved result.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Another.")],
    output: Annotated[Format, typer.Option("--format", help="console or json.")] = Format.CONSOLE,
) -> None:
    """Compare two saved results: what is faster, what is slower, and what no sample tells apart."""
    from smsl.bench.report import comparison
    from smsl.bench.saved import load
    from smsl.cli.show import show
    from smsl.model.errors import SmslError
    from smsl.render.neutral import json_text

    before, after = load(old), load(new)
    if output is Format.JSON:
        print(json_text(comparison.document(before, after), indent=1))
    elif output is Format.CONSOLE:
        show(comparison.render(before, after))
    else:
        raise SmslError("A comparison is written as console or json.")


@app.command("clean")
def clean(
    profile: Profile = None,
    role_arn: RoleArn = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Remove what runs on AWS have left that were killed, from what their journals say."""
    from smsl.cli.bench.clean import clean_up

    raise typer.Exit(clean_up(profile, role_arn, endpoint_url))
