"""Steps of the schema of `ledger`, forward and back."""
