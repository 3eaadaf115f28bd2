"""``smsl capture``: keep the redacted facts of a reading in a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from smsl.cli.account import read_account
from smsl.cli.options import (
    Deadline,
    Debug,
    EndpointUrl,
    Everything,
    Functions,
    Profile,
    Regions,
    RoleArn,
    Secrets,
)
from smsl.cli.whole import write_whole
from smsl.model.errors import SmslError


def command(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write; - is stdout.", show_default=False)
    ],
    functions: Functions = None,
    everything: Everything = False,
    secrets: Secrets = None,
    regions: Regions = None,
    profile: Profile = None,
    role_arn: RoleArn = None,
    endpoint_url: EndpointUrl = None,
    notes: Annotated[bool, typer.Option("--notes", help="Read what only low findings need, too.")] = False,
    deadline: Deadline = 20.0,
    debug: Debug = False,
) -> None:
    """Write the redacted facts to FILE, readable by you alone, for: smsl audit --capture FILE.

    It holds names, policies and ids of the account, and no value of a secret or a variable.
    """
    from smsl.sources.aws.capture import dump
    from smsl.sources.aws.connection import Connection

    taken = read_account(
        functions or (),
        Connection(profile, role_arn, endpoint_url, deadline),
        everything=everything,
        regions=regions or (),
        secrets=secrets or (),
        notes=notes,
        debug=debug,
    )
    text = dump(taken)
    if str(output) == "-":
        sys.stdout.write(text)
        return
    try:
        write_private(output, text)
    except OSError as error:
        raise SmslError(f"The capture cannot be written ({type(error).__name__}).", "Check -o.") from None


def write_private(path: Path, text: str) -> None:
    """Write `text` with mode 0600, whole or not at all.

    Raises:
        OSError: The place cannot be written to.
    """
    write_whole(path, text, 0o600)
