"""The bytes that client and hub exchange (protocol.md 2.4, 2.8-2.10); opens nothing, does no I/O."""
