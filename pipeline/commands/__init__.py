"""The command line: one module a command, mounted by ``commands.cli``."""
