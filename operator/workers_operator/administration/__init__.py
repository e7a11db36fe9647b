"""Commands for administrators, carried out with their own rights in the cluster."""
