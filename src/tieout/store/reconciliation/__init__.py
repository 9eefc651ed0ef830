"""Reconciliations: match runs, groups, people's decisions and sign-offs; added, never edited."""
