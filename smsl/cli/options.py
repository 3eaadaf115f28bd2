"""The options that several commands share, in typer's words."""

from __future__ import annotations

from pathlib import Path
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
Plans: TypeAlias = Annotated[
    Optional[list[Path]],  # noqa: UP045  -- as above
    typer.Option("--plan", metavar="FILE", help="Judge a plan or state: terraform show -json. Repeatable."),
]
Templates: TypeAlias = Annotated[
    Optional[list[Path]],  # noqa: UP045  -- as above
    typer.Option("--template", metavar="FILE", help="Judge a CloudFormation or SAM template. Repeatable."),
]
From: TypeAlias = Annotated[
    Optional[Path],  # noqa: UP045  -- as above
    typer.Option("--from", metavar="DIR", help="Judge the plans and templates of a directory, or a cdk.out."),
]
Parameters: TypeAlias = Annotated[
    Optional[list[str]],  # noqa: UP045  -- as above
    typer.Option("--parameter", metavar="KEY=VALUE", help="A parameter of the templates. Repeatable."),
]
Account: TypeAlias = Annotated[
    Optional[str],  # noqa: UP045  -- as above
    typer.Option("--account", metavar="ID", help="The account that plans and templates go to."),
]
Debug: TypeAlias = Annotated[
    bool, typer.Option("--debug", help="Print each AWS call with its time and outcome to stderr.")
]
