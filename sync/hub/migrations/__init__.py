"""Alembic migrations of the hub's tables: forward only, compared with tables.py on SQLite and PostgreSQL by a test."""
