"""What the doors show: reading verbs that return plain values, a page at a time."""
