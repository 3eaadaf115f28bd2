"""The ways to read a secret, measured: how fast each is, how many calls it makes and what a month of it costs."""
