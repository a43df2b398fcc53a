"""A shell's side of a call: its three streams, and what a person at a screen sees and types."""
