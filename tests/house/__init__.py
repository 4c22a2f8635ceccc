"""The architecture's own tests: what the house asks of every file, held by a test rather than by memory."""
