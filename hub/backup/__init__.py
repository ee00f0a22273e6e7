"""Backup and restore of an installation: database, media, fingerprint of its settings.

``making`` writes a backup, ``verifying`` reads it without trust, ``restoring`` brings it back into an
empty instance. ``docs/backup.md`` is for users, ``docs/adr/0011-backup.md`` gives the reasons.
"""

from .state import unfinished_restore

__all__ = ["unfinished_restore"]
