"""What an operator is told of a running installation: metrics, slow queries, faults."""
