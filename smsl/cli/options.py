"""The options that several commands share, in typer's words."""

from __future__ import annotations

from typing import Annotated, Optional, TypeAlias

import typer

Functions: TypeAlias = Annotated[
    Optional[list[str]],  # noqa: UP045  -- typer reads the annotation when the program runs
    typer.Argument(metavar="FUNCTION", help="NAME, NAME:alias, NAME:version or ARN.", show_default=False),
]
Everything: TypeAlias = Annotated[bool, typer.Option("--all", help="Every function of the region.")]
Secrets: TypeAlias = Annotated[
    Optional[list[str]],  # noqa: UP045  -- as above
    typer.Option("--secret", metavar="NAME", help="A secret the function uses (name or ARN). Repeatable."),
]
Regions: TypeAlias = Annotated[
    Optional[list[str]],  # noqa: UP045  -- as above
    typer.Option("--region", metavar="REGION", help="Instead of the environment's. Repeatable."),
]
Profile: TypeAlias = Annotated[
    Optional[str],  # noqa: UP045  -- as above
    typer.Option("--profile", metavar="NAME", help="A profile of the AWS configuration."),
]
RoleArn: TypeAlias = Annotated[
    Optional[str],  # noqa: UP045  -- as above
    typer.Option("--role-arn", metavar="ARN", help="A role to assume first."),
]
EndpointUrl: TypeAlias = Annotated[
    Optional[str],  # noqa: UP045  -- as above
    typer.Option("--endpoint-url", metavar="URL", help="Instead of AWS's own endpoints."),
]
Deadline: TypeAlias = Annotated[
    float, typer.Option("--deadline", metavar="SECONDS", min=0.1, help="For all reading together.")
]
Debug: TypeAlias = Annotated[
    bool, typer.Option("--debug", help="Print each AWS call with its time and outcome to stderr.")
]
