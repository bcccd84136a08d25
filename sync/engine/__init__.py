"""The client half of sync: what to ask the hub next (round), how to send it (transport) and when (driver).

`round` decides and does no I/O; `transport` and `driver` do the I/O and decide nothing. The hub is a stranger: nothing
here imports `sync.hub`.
"""
