"""Where facts are kept: the same rules over SQLite and over memory.

`unit` and `group` hold the rules (numbers, chains, slots, time, one commit for many works); `rows` is all that a
database must be able to do. A second database is another `rows` and another way to take turns.
"""
