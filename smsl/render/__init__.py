"""One module is one format: ``render(report) -> str``. Nothing here reasons, reads or prints."""
