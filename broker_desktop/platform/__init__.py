"""The only place with calls that differ by operating system, behind plain functions.

Nothing here knows what a vault, a record or a window is.
"""
