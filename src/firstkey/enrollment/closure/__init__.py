"""The case ends."""
