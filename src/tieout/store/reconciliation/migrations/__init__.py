"""Steps of the schema of `reconciliation`, forward and back."""
