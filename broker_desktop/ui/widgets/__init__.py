"""Parts of the window (look.md section 3). They know tokens and keys, never records or sessions."""
