"""The door for programs: REST at /api/v1. No rules and no models: an operation asks a workflow."""
