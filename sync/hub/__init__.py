"""The server: keeps every team's signed, sealed log and hands it out again.

It cannot open an envelope: nothing below this package may import a key that does (.importlinter, hub-cannot-decrypt).
It writes down no name, no address of a caller, no user agent and no time finer than a day (protocol.md 2.17).
"""
