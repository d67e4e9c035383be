"""HTTP: one route table, one way in, one way to say no."""
