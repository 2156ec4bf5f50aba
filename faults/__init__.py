"""What breaks, broken for real: run by script/test-faults."""
