"""Scripts of the account and of dispatch namespaces, their uploads, and the routes to them."""
