"""How checks read Evidence: which rule a blocker belongs to, what a statement says, and the lines of a finding."""
