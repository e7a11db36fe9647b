"""What scripts have written and what has been measured of them."""
