"""A fix in the language that was asked for."""

from __future__ import annotations

from smsl.model.finding import Dialect, Fix
from smsl.model.standin import is_drawn, is_unsettled
from smsl.render.fix import awscli, terraform

_MARKS = {f"\\u{ord(sign):04x}": sign for sign in "⟨⟩⟪⟫"}


def steps(fix: Fix, dialect: Dialect) -> str:
    """Return the commands, blocks or resources of a fix; empty when it has none."""
    match dialect:
        case Dialect.TERRAFORM:
            return terraform.render(fix)
        case Dialect.CLOUDFORMATION:
            from smsl.render.fix import cloudformation

            return cloudformation.render(fix)
        case Dialect.AWSCLI:
            return _deployed(awscli.render(fix))


def later(fix: Fix, dialect: Dialect) -> str:
    """Return the steps that are safe only once the deployed code goes another way."""
    return _deployed(awscli.render_later(fix)) if dialect is Dialect.AWSCLI else steps(Fix("", fix.later), dialect)


def undo_in_words(fix: Fix, dialect: Dialect) -> str:
    """Return how a change of code is taken back; empty where the AWS CLI has commands for it, or there is no way."""
    if dialect is Dialect.AWSCLI:
        return ""
    if dialect is Dialect.CLOUDFORMATION:
        from smsl.render.fix import cloudformation

        return cloudformation.undo(fix)
    return terraform.undo(fix)


def _deployed(commands: str) -> str:
    """Return commands, under a word of warning where they name what is not deployed yet."""
    for escaped, sign in _MARKS.items():  # JSON in a command is ASCII
        commands = commands.replace(escaped, sign)
    if not is_drawn(commands) and not is_unsettled(commands):
        return commands
    return f"# Fill in what stands in marks once it is deployed; --fix-as writes this as code.\n{commands}"


LANGUAGES = {Dialect.AWSCLI: "sh", Dialect.TERRAFORM: "hcl", Dialect.CLOUDFORMATION: "yaml"}
"""What a fence in Markdown calls them."""
