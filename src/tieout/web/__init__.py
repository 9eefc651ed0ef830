"""The pages. No rules and no models: a page asks a workflow, and shows what it answers."""
