"""A quorum of distinct people sign the case digest."""
