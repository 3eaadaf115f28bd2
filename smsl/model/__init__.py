"""The nouns: frozen dataclasses, enums, parsing and spelling. Nothing here reasons, reads or prints."""
