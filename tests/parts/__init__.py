"""The real parts the tests talk to: each a server in a file of its own, started on a free port with its own scratch."""
