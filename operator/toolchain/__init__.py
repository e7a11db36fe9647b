"""Programs that are fetched once a machine, into the user's cache, for whoever runs them."""
