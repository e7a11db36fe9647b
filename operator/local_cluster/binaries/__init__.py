"""The executables of a cluster: found on this machine, downloaded, or built from Go modules."""
