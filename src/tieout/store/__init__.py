"""What is remembered: Django apps over PostgreSQL, their constraints and their SQL. No rules."""
