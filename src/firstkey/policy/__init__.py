"""What the site demands: paths, their requirements, and what they say of a case."""
