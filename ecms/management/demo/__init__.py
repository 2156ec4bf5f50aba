"""What a newcomer finds in the demo: three towns at work. Only `seed_demo` loads it."""
