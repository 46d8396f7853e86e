"""Measures the site as it runs in production; `scripts/bench.py` is the command."""
