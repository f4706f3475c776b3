"""Writes rows as a Django fixture, one JSON object a line, for `manage.py loaddata`."""

import gzip
from contextlib import ExitStack
from datetime import datetime

from blog.legacy.files import PrivateFile, json_line

SUFFIXES = (".jsonl", ".jsonl.gz")  # by which loaddata knows the format


class Fixture:
    """A target of a move. A context manager: without publish() nothing stays.

    The file's mode is 0600: it holds addresses and password hashes.
    """

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        """Make the file under a temporary name; raises OSError where it can't be written."""
        with ExitStack() as stack:
            self.file = stack.enter_context(PrivateFile(self.path))
            self.stream = self.file.stream
            if self.path.name.endswith(".gz"):  # without name and time: the same rows give the same file
                self.stream = gzip.GzipFile("", "wb", compresslevel=6, fileobj=self.file.stream, mtime=0)
            self.files = stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self.files.__exit__(*exception)

    def write_group(self, name):
        """Write a group without rights; without a key, so that one of that name is not made twice."""
        self.write_line({"model": "auth.group", "fields": {"name": name, "permissions": []}})

    def write(self, model, pk, fields):
        """Write one row of a model, its fields complete; groups are names, natural keys in the file."""
        if "groups" in fields:
            fields = fields | {"groups": [[name] for name in fields["groups"]]}
        self.write_line({"model": model, "pk": pk, "fields": fields})

    def write_line(self, value):
        self.stream.write(json_line(value, default=datetime.isoformat) + b"\n")

    def finish(self):
        """Bring everything to the disk; raises OSError where it has no room."""
        if self.stream is not self.file.stream:
            self.stream.close()
        self.file.finish()

    def publish(self):
        """Give the finished file its name."""
        self.file.publish()
