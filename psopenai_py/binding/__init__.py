"""PowerShell's parameter binding, from the tokens of a command line to typed values. Standard library only."""
