"""Benchmarks: fixed seeds, a correctness check inside each, peers side by side in one run."""
