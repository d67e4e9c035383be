"""Figures, each beside a floor of the same run. `make bench` prints them and stores docs/benchmarks/latest.json."""
