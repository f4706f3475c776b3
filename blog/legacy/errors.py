"""What stops a move. Each error's text is one line in the operator's words."""


class LegacyError(Exception):
    """The old file can't be moved as it is; nothing has been written."""


class UnreadableFile(LegacyError):
    """It is no old Bloggy's file, or one that SQLite can't read."""


class InvalidValue(LegacyError):
    """PostgreSQL can't hold a value; the text names its table, row and column."""


class DuplicateEmails(LegacyError):
    """Two accounts have the same e-mail address; the text names both rows."""
