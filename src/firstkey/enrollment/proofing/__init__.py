"""Identity evidence, recorded and withdrawn."""
