"""The network solver: does a packet get from a function's subnets to the Secrets Manager API, and back?"""
