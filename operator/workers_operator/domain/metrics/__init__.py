"""What workers are measured by, as values that can be added up."""
