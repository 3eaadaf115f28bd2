"""What code declares, whichever language it is written in: pieces of resources, and the Snapshot that they make."""
