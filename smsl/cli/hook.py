"""What pre-commit runs: the files of a commit in, one audit of those among them that hold a function.

``python -I -m smsl.cli.hook --template|--plan [OPTION[=VALUE]]... [FILE]...``: pre-commit puts the names of files after
the options and nothing between them, and a file that holds no function is none of smsl's business.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

_NOT_RUN = 2
_SIGNS = {
    "--template": (b"AWS::Lambda::Function", b"AWS::Serverless::Function"),
    "--plan": (b'"aws_lambda_function"',),
}
"""What stands in every template and plan with a function."""
_WIDE = (b"\xff\xfe", b"\xfe\xff")
"""How UTF-16 begins, in which PowerShell writes: no sign can be found there."""


def audit_of(arguments: Sequence[str]) -> tuple[str, ...] | None:
    """Return the arguments for smsl, or None if there is nothing to audit.

    Args:
        arguments: ``--template`` or ``--plan``, then options for ``smsl audit``, each a word of its own, and files.

    Raises:
        ValueError: The name of a file could be taken for an option.
    """
    kind, *rest = arguments
    options = [each for each in rest if each.startswith("-")]
    if any(map(os.path.lexists, options)):
        raise ValueError("The name of a file begins with a hyphen, and could be taken for an option.")
    files = [each for each in rest if not each.startswith("-")]
    chosen = [each for each in files if _may_hold_a_function(Path(each), kind)]
    if files and not chosen:
        return None
    return ("audit", *options, *(f"{kind}={each}" for each in chosen))


def _may_hold_a_function(path: Path, kind: str) -> bool:
    from smsl.sources.cfn.sniff import looks_like_template

    try:
        content = path.read_bytes()
    except OSError:
        return True  # the audit says what is the matter
    if content.startswith(_WIDE):
        return True
    if not any(sign in content for sign in _SIGNS[kind]):
        return False
    return kind != "--template" or looks_like_template(content.decode("utf-8", "replace"))


def main() -> None:
    """Run the audit of the files named on the command line, and exit as it does; 0 if there is nothing to audit."""
    try:
        asked = audit_of(sys.argv[1:])
    except ValueError as error:
        print(f"smsl: {error}", file=sys.stderr)
        sys.exit(_NOT_RUN)
    if asked is not None:
        from smsl.cli.program import run

        run(asked)


if __name__ == "__main__":
    main()
