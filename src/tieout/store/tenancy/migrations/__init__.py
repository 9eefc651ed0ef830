"""Steps of the schema of `tenancy`, forward and back."""
