"""Keys and what is done with them. Every primitive comes from the `cryptography` package; nothing here is home-made.

`signing` is the part that the hub may use. `boxes`, `keyring`, `passphrase` and `sealing` open things and are the
client's alone.
"""
