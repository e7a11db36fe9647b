"""How requests go out and responses come in."""
