"""What workers may send requests to: lists of hosts, and which hosts are private. Pure."""
