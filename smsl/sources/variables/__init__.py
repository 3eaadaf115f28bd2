"""Environment variables as files write them: ``.env``, JSON, JSON lines, templates and compose files, with their lines.

What is read here holds values. It is handed to `smsl.leaks` and dropped; nothing of it is printed or kept.
"""
