"""The operations, a module a noun; each is one call of a workflow and the answer in our words."""
