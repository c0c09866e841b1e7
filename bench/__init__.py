"""Every budget as a command that prints a table."""
