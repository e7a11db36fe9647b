"""Floor 2: observe → plan → apply → summarize. One file a kind, and the account observer that they share."""
