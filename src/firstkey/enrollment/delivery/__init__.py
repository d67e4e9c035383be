"""The code is made in its channel, which arms the pass."""
