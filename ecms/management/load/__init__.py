"""A country's worth of rows, to measure lists and searches on (`manage.py seed_load`)."""
