"""Proposals that turn a verdict: made as steps, applied to the Snapshot, and kept only when assessing again agrees."""
