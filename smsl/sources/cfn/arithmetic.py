"""``Fn::Cidr``: the blocks that a block is cut into.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
"""

from __future__ import annotations

from smsl.model.unknown import Unknown
from smsl.sources.cfn.values import Items, Value, as_block, as_number

_MOST = 256
_HOST_BITS = 8
"""Where none are given."""
_LEAST, _ALL = 2, 3


def blocks(argument: Items, line: int) -> Value:
    """Return the blocks of ``[ipBlock, count, cidrBits]``; the bits are those of a block's own addresses."""
    if not _LEAST <= len(argument) <= _ALL:
        return Unknown(f"the Fn::Cidr of line {line} is not understood")
    whole, count = as_block(argument[0], "its block"), as_number(argument[1], "its count")
    bits = as_number(argument[2], "its bits") if len(argument) == _ALL else _HOST_BITS
    for part in (whole, count, bits):
        if isinstance(part, Unknown):
            return Unknown(f"the Fn::Cidr of line {line} is not settled: {part.reason}", part.needs)
    if isinstance(whole, Unknown) or isinstance(count, Unknown) or isinstance(bits, Unknown):  # for mypy: seen above
        return None
    prefix = whole.max_prefixlen - bits
    if not 1 <= count <= _MOST or not whole.prefixlen <= prefix <= whole.max_prefixlen:
        return Unknown(f"the Fn::Cidr of line {line} asks for blocks that its own does not hold")
    if count > 1 << (prefix - whole.prefixlen):
        return Unknown(f"the Fn::Cidr of line {line} asks for more blocks than its own holds")
    first, step = int(whole.network_address), 1 << bits
    address = type(whole.network_address)
    return Items([f"{address(first + number * step)}/{prefix}" for number in range(count)], line)
