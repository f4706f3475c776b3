"""Files that nobody else may read, and that are whole or not there."""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

# Line breaks to much that reads text line by line, str.splitlines() in Django's fixtures included.
LINE_BREAKS = {character: f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


def json_line(value, default=None):
    """Return a value as JSON that is one line to every reader, without a line break at its end, as bytes."""
    line = json.dumps(value, ensure_ascii=False, default=default)
    for character, escape in LINE_BREAKS.items():  # three times faster than translate()
        line = line.replace(character, escape)
    return line.encode()


def shown(text):
    """Return text, or a path, whose name need not be UTF-8, as one line: what can't be printed is escaped."""
    characters = (one if one.isprintable() else one.encode("unicode_escape").decode() for one in str(text))
    return "".join(characters)


class PrivateFile:
    """Written under a temporary name beside its place, with mode 0600; publish() gives it its name.

    Used as a context manager: what is not published at the end is removed.
    """

    def __init__(self, path):
        """Make the temporary file; raises OSError where the folder can't be written."""
        self.path = Path(path)
        if self.path.is_dir():
            raise IsADirectoryError(f"{path} is a folder; name a file")
        if self.path.exists() and not self.path.is_file():  # /dev/null would become a file
            raise OSError(f"{path} is not an ordinary file; name another")
        descriptor, name = tempfile.mkstemp(prefix=f"{self.path.name}.", suffix=".tmp", dir=self.path.parent)
        self.temporary, self.stream = Path(name), os.fdopen(descriptor, "wb")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        # A full disk, or a folder that can't be written any more, again: the first error says so.
        with suppress(OSError):
            self.stream.close()
        with suppress(OSError):
            self.temporary.unlink(missing_ok=True)

    def finish(self):
        """Bring everything to the disk; raises OSError where it has no room."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()

    def publish(self):
        """Give the finished file its name, in place of a file that has it."""
        self.temporary.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
