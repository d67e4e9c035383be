"""The tamper-evident log as pure functions: entries, the Merkle tree, tiles, signed notes, checkpoints and the judge.

Tamper-evident means: whoever holds an outside head finds out. Without one the best answer is `unanchored`. Nothing here
stores, serves, reads a clock or draws randomness.
"""
