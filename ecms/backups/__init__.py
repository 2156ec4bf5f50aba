"""Backups of the database and of the files, and how they come back (docs/operations.md,
docs/adr/0019-backups-of-one-snapshot.md). The commands `backup` and `restore` call these."""
