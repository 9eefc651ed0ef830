"""PostgreSQL itself: the embedded server, roles, row security, and what models declare of it."""
