"""Tell a template from other YAML and JSON without parsing it."""

from __future__ import annotations

import re

_VERSION = re.compile(r"""(?:^["']?|["'])AWSTemplateFormatVersion["']?\s*:""", re.MULTILINE)
_RESOURCES = re.compile(r"""(?:^["']?|["'])Resources["']?\s*:""", re.MULTILINE)
_TYPE = re.compile(r"""\bType["']?\s*:\s*["']?(?:AWS|Custom)::""")


def looks_like_template(text: str) -> bool:
    """Tell whether a text has a template's Resources, and a format version or a resource type of AWS's."""
    return _RESOURCES.search(text) is not None and (_VERSION.search(text) is not None or _TYPE.search(text) is not None)
