"""Access to a cluster: keys, tokens, kubeconfigs, and the few API requests that need no client library."""
