"""What a VPC has before anybody declares it: a main route table, a network ACL that admits everything, a group.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html#main-route-table
"""

from __future__ import annotations


def default_group(vpc: str) -> str:
    """Return the id of a VPC's default security group."""
    return f"{vpc}.default-group"


def main_table(vpc: str) -> str:
    """Return the id of the main route table that a VPC is made with."""
    return f"{vpc}.main-table"


def default_acl(vpc: str) -> str:
    """Return the id of a VPC's default network ACL."""
    return f"{vpc}.default-acl"
