"""The life of an enrollment case, pure: no IO, no clock, no randomness, nothing read that is not an argument."""
