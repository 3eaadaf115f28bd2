"""All reasoning, done once: the questions that a Snapshot raises are put to the solvers."""
