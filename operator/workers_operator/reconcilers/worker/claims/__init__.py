"""What a worker asks for, and what it may have beside others."""
