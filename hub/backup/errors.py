"""Why a backup or a restore did not happen; the texts are meant for the person at the console."""

from collections.abc import Iterable

SHOWN = 20


class BackupError(Exception):
    """It could not be done. ``exit_code`` tells scripts the kind of reason."""

    exit_code = 1

    def __init__(self, summary: str, problems: Iterable[str] = ()) -> None:
        self.problems = list(problems)
        listed = "".join(f"\n  {problem}" for problem in self.problems[:SHOWN])
        if len(self.problems) > SHOWN:
            listed += f"\n  and {len(self.problems) - SHOWN} more"
        super().__init__(summary + listed)


class RefusedBackupError(BackupError):
    """The backup is damaged or does not fit this hub. Nothing was written."""

    exit_code = 2


class NotEmptyError(BackupError):
    """The instance holds something. Nothing was written."""

    exit_code = 3
