"""The errors that end a command, each with the next step for its reader."""

from __future__ import annotations


class SmslError(Exception):
    """A command cannot go on: one clear sentence, and what to do next.

    Args:
        message: What went wrong, without any value read from outside that could be a secret.
        next_step: What the reader can do about it; empty when the message already says so.
    """

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class InputError(SmslError):
    """Input that cannot be read: the place is part of the message, the text of the input never is."""
