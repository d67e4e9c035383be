"""The system issues the pass; no secret exists yet."""
