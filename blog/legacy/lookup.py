"""A dictionary of any size that takes next to no memory."""

import sqlite3

CACHE = 32768  # KiB


class Lookup:
    """Text or numbers by text or numbers; SQLite keeps them in a temporary file of its own.

    Nobody else sees it, and it ends with us: https://www.sqlite.org/inmemorydb.html#temp_db
    Raises sqlite3.Error where the disk is full.
    """

    def __init__(self):
        self.connection = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE}"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("CREATE TABLE entry (key PRIMARY KEY, value) WITHOUT ROWID")
        self.connection.execute("BEGIN")  # one for all

    def get(self, key, default=None):
        found = self.connection.execute("SELECT value FROM entry WHERE key = ?", [key]).fetchone()
        return found[0] if found else default

    def add(self, key, value):
        """Add an entry unless the key has one; return whether it was added."""
        return self.connection.execute("INSERT OR IGNORE INTO entry VALUES (?, ?)", [key, value]).rowcount == 1

    def __setitem__(self, key, value):
        self.connection.execute("INSERT OR REPLACE INTO entry VALUES (?, ?)", [key, value])

    def __contains__(self, key):
        return self.get(key) is not None
