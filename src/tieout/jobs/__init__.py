"""The door of work that nobody waits for: tasks, each a line that calls a verb, and a worker."""
