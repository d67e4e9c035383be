"""A case is opened, revised, held and let go on."""
