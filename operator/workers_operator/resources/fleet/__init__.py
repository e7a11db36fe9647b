"""Templates and their followers."""
