"""The store on SQLite: one process, one writer thread, at most four readers."""
