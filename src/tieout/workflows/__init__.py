"""The verbs: the only writers; each is access, check, compute, record, follow up, in a transaction.

Doors call these and nothing below, each from its own module: a verb that needs the engine is
slow to load. A verb names its caller first and is handed the instant.
"""
