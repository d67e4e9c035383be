"""Decide and replay: dispatch to the stages, and what follows from every fact."""
