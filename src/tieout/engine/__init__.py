"""Matching at scale: the plan, the passes, the reference and the embedded back end."""
