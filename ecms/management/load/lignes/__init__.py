"""The rows of the load: the n-th of each kind, always the same."""
