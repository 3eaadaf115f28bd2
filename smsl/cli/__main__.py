"""``python -m smsl.cli`` is the command ``smsl``."""

from smsl.cli import entry

if __name__ == "__main__":
    entry()
