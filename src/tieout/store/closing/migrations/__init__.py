"""Steps of the schema of `closing`, forward and back."""
