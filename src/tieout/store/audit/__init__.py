"""The audit chain as kept: rows that only grow, and their signed heads."""
