"""Steps of the schema of `operations`, forward and back."""
