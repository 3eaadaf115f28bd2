"""Terraform's and OpenTofu's plans and states, as ``terraform show -json`` writes them.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""
