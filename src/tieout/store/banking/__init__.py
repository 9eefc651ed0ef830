"""Bank accounts, received files byte for byte, what was read in them: statements and lines."""
