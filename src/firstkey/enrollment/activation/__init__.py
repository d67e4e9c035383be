"""The pending credential becomes active; an account's credentials afterwards."""
