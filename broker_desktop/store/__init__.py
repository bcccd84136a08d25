"""The vault of one seat: an encrypted SQLite file, its key slots, and the tables derived from the operations in it.

Nothing here decides what may be recorded, counted or shown: `records` declares that and `session` asks.
"""
