"""The roof: the environment, Django's settings, the clock, and how the parts are wired together."""
