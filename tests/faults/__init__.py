"""The real product as a process of its own: killed, stopped, starved of disk and database, and then looked at."""
