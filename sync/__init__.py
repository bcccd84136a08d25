"""End-to-end encrypted sync of one team's records: engine, hub and the protocol they share.

Knows no record type and no window: what a row means, who may write it and how it is shown is the application's
business. Start at README.md in this folder for the protocol in prose.
"""
