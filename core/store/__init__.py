"""SQLAlchemy Core behind the ports: the only home of SQL. The same code runs on SQLite and on PostgreSQL."""
