"""The next release, as far as the database knows: an app that only migrates."""
