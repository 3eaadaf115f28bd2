"""One module is one command: each has a function ``command`` whose parameters are its options."""
