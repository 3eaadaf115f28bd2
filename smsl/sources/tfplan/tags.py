"""Tags with the provider's default ones."""

from __future__ import annotations

from smsl.model.unknown import Unknown
from smsl.sources.tfplan.body import Body


def tags(body: Body) -> dict[str, str]:
    """Return the tags that are known.

    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/guides/resource-tagging.html.markdown
    """
    own, every = body.texts_by_name("tags"), body.texts_by_name("tags_all")
    found = {} if isinstance(own, Unknown) else dict(own)
    found |= {} if isinstance(every, Unknown) else dict(every)
    return {name: value for name, value in found.items() if isinstance(value, str)}
