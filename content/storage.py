"""Uploads: a file is deleted by a job, after the commit, and only when nothing names it any more.

Wagtail deletes a replaced file within the request that replaces it: a request that is rolled back, or a
process that dies, would leave a row whose file is gone. A deletion that is repeated must not take a new
upload of the same name along.
"""

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

from content.jobs.services import enqueue


@deconstructible(path="content.storage.MediaStorage")
class MediaStorage(FileSystemStorage):
    """The folder of uploads."""

    def delete(self, name: str) -> None:
        """Ask for the deletion, in the transaction of whoever asks."""
        if not name:
            raise ValueError("The name must be given to delete().")
        enqueue("content.delete_file", {"name": str(name)})

    def delete_now(self, name: str) -> None:
        """Delete the file itself; one that is gone already is no error."""
        super().delete(name)
