"""The AWS Parameters and Secrets Lambda Extension among a function's layers."""

from __future__ import annotations

from smsl.model.evidence import Blocker, ExtensionUse
from smsl.model.snapshot import Function, Snapshot
from smsl.model.standin import is_unsettled
from smsl.sources.tables import extension_layers


def extension_of(snapshot: Snapshot, function: Function) -> ExtensionUse | None:
    """Return the extension's layer with the newest one known; None when the function has none."""
    table = extension_layers()
    for arn in function.layers if function.package == "Zip" else ():
        layer = table.is_extension(arn)
        if layer is None:
            continue
        own = (function.region, function.architecture)
        replacement = snapshot.latest_layers.get(own) or table.latest(*own)
        newest = snapshot.latest_layers.get((layer.region, layer.architecture))
        return ExtensionUse(
            layer=arn,
            region=layer.region,
            architecture=layer.architecture,
            version=layer.version,
            latest=_version(newest or table.latest(layer.region, layer.architecture)),
            latest_from="public parameter" if newest else f"table of {table.date}",
            replacement=replacement,
        )
    return None


def _version(arn: str | None) -> int | None:
    last = (arn or "").rsplit(":", 1)[-1]
    return int(last) if last.isdigit() else None


def extension_blockers(function: Function, use: ExtensionUse | None) -> tuple[Blocker, ...]:
    """Return what keeps the extension, and with it every invocation, from starting.

    An external extension that cannot be executed fails the init phase of every environment.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
    """
    if use is None:
        return ()
    if use.architecture != function.architecture and not is_unsettled(function.architecture):
        text = f"the extension layer is built for {use.architecture}, the function runs on {function.architecture}"
        return (Blocker("extension", text, use.layer, "architecture"),)
    if use.region != function.region:
        text = f"the extension layer is of {use.region}, the function runs in {function.region}"
        return (Blocker("extension", text, use.layer, "region"),)
    return ()
