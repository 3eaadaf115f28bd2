"""What ``smsl bench`` does at the command line: read what is asked, drive the run, show it, clean up."""
