"""Functions that really run: execution environments of real processes behind Lambda's own API."""
