"""``smsl bench clean``: remove what killed runs have left in an account."""

from __future__ import annotations

import sys

from smsl.bench.deploy import remove
from smsl.bench.journal import Journal, abandoned
from smsl.bench.place import in_account
from smsl.cli.bench.asked import journal_directory
from smsl.model.errors import SmslError
from smsl.render.neutral import terminal
from smsl.render.page import counted
from smsl.sources.aws.connection import Connection

_NOT_ALL = 2


def clean_up(profile: str | None, role_arn: str | None, endpoint_url: str | None) -> int:
    """Remove what is left, say what, and return the exit code: 2 if something could not be removed."""
    removed, failed = 0, 0
    for journal in abandoned(journal_directory()):
        before = len(journal.left)
        try:
            _clean(journal, Connection(profile, role_arn, endpoint_url or journal.where.endpoint))
        except SmslError as error:
            failed += 1
            print(f"run {terminal(journal.where.run)}: {terminal(error.message)}", file=sys.stderr)
            print(f"  {terminal(error.next_step)}", file=sys.stderr)
        removed += before - len(journal.left)
    if not removed and not failed:
        print("Nothing is left of runs that were killed.")
    elif removed:
        print(f"Removed {counted(removed, 'resource')}.")
    return _NOT_ALL if failed else 0


def _clean(journal: Journal, connection: Connection) -> None:
    place = in_account(connection, journal.where.region)
    if place.number != journal.where.account:
        raise SmslError(
            f"it was made in account {journal.where.account}, and these credentials are for {place.number}.",
            "Use that account's credentials: --profile, --role-arn or AWS_PROFILE.",
        )
    remove(place.account, journal, lambda text: print(terminal(text), file=sys.stderr))
