"""The command `firstkey`: one module per noun, imported when it is asked for."""
