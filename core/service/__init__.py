"""Use cases: each method is one transaction that loads, asks the domain to decide, and saves."""
