"""The credential is made and judged, here or at a destination."""
