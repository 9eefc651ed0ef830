"""The books: accounts, journal entries and their postings, balanced when a transaction ends."""
