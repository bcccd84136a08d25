"""Tables over immutable rows that are handed in; they never query."""
