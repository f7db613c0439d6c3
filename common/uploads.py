"""Takes files in, on the disk, and goes on where that is full, so that the form can say so."""

from contextlib import suppress

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from common.outage import NO_ROOM


class NotTaken(SimpleUploadedFile):
    """Stands for a file that found no room."""


class UploadHandler(TemporaryFileUploadHandler):
    """Django's own lets a request fail, and all that was typed with it, before a form is asked."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.found_room = True

    def receive_data_chunk(self, raw_data, start):
        if not self.found_room:
            return
        try:
            self.file.write(raw_data)
            self.file.flush()
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self.found_room = False
            with suppress(OSError):  # what could not be written is written once more
                self.file.close()

    def file_complete(self, file_size):
        if self.found_room:
            return super().file_complete(file_size)
        return NotTaken(self.file_name, b"")
