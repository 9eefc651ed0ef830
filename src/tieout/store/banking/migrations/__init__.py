"""Steps of the schema of `banking`, forward and back."""
