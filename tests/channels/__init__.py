"""Doors and senders over real servers: what they promise, whatever the protocol."""
