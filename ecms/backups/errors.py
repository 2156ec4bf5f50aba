"""What a backup or a restoration ends with when it fails. Sentences are for operators."""


class BackupError(Exception):
    """It was not done, and why. `code` is the exit code of the command."""

    code = 1


class DamagedBackup(BackupError):
    """What was kept is not, or cannot be shown to be, what was written."""

    code = 2


class AlreadyRunning(BackupError):
    """Another process backs this database up, or restores it."""

    code = 3
