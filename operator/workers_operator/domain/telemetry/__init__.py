"""What workers log: entries, in which order they are shown, and how."""
