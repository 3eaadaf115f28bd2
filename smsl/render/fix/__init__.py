"""One module is one dialect in which a fix can be written."""
