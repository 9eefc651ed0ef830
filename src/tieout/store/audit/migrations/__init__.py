"""Steps of the schema of `audit`, forward and back."""
