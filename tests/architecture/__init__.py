"""Rules about the house itself: what lies where, what imports what, and what no file may hold."""
