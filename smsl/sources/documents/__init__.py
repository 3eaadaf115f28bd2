"""JSON and YAML as trees with lines: what every reader of files that people write has in common."""
