"""Books that are explained: snapshots, runs with their causes, and who certified a period."""
