"""Floor 3: what is known of the cluster, in memory: objects, claims, references, and what passes remember."""
