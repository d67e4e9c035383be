"""The code is spent once; attendance and own key stand in its place."""
