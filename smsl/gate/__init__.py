"""From a report to an exit code. Pure."""
