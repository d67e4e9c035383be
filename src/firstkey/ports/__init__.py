"""What the actions need of the world, as roles with their promises in prose. Nothing here does any of it."""
