"""The report of a move: a JSON file, and beside it the rest file with all that has no place in Bloggy.

The report names every row that was changed or set aside. Both are written as the rows come, so memory
stays flat; both hold secrets of the old file (tokens, addresses), so nobody else may read them.
"""

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

from blog.legacy.files import PrivateFile, json_line

CHANGED, SET_ASIDE = "changed", "set aside"
EXAMPLES = 5


@dataclass
class Counts:
    """How many rows of a table were found, and what became of them."""

    found: int = 0
    imported: int = 0
    changed: int = 0  # of the imported ones
    set_aside: int = 0


@dataclass
class Group:
    """The rows of one table with one reason; the first few by id."""

    count: int = 0
    examples: list = field(default_factory=list)


def paths(path):
    """Return the paths of a report and of its rest file."""
    return Path(path), Path(path).with_name(Path(path).name.removesuffix(".json") + ".rest.jsonl")


class Report:
    """Counts and writes what becomes of each row. A context manager: without publish() nothing stays."""

    def __init__(self, path, *, file, sha256, command, dry_run=False):
        self.path, self.rest_path = paths(path)
        self.head = {"file": file, "sha256": sha256, "command": command, "dry_run": dry_run}
        self.tables, self.groups = defaultdict(Counts), defaultdict(Group)
        self.has_rows = False

    def __enter__(self):
        """Make both files under temporary names; raises OSError where they can't be written."""
        with ExitStack() as stack:
            self.main = stack.enter_context(PrivateFile(self.path))
            self.rest = stack.enter_context(PrivateFile(self.rest_path))
            self.main.stream.write(json_line(self.head)[:-1] + b', "rows": [')
            self.files = stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self.files.__exit__(*exception)

    def found(self, table, count):
        """Note how many rows a table has, none included."""
        self.tables[table].found += count

    def imported(self, table, row):
        """Note a row that was moved, with what of it was changed or left over."""
        leftover = row.leftover()
        counts = self.tables[table]
        counts.imported += 1
        if row.notes:
            counts.changed += 1
            self.describe(table, row, CHANGED)
        if leftover is not None:
            self.keep(table, leftover)

    def set_aside(self, table, row):
        """Note a row that was not moved, and keep it whole."""
        self.tables[table].set_aside += 1
        self.describe(table, row, SET_ASIDE)
        self.keep(table, row.as_json())

    def describe(self, table, row, what):
        for reason, detail in row.notes:
            entry = {"table": table, "id": row.name, "what": what, "reason": reason, "detail": detail}
            self.main.stream.write((b",\n" if self.has_rows else b"\n") + json_line(entry))
            self.has_rows = True
            group = self.groups[table, what, reason]
            group.count += 1
            if len(group.examples) < EXAMPLES:
                group.examples.append(row.name)

    def keep(self, table, values):
        self.rest.stream.write(json_line({"table": table, "row": values}) + b"\n")

    @property
    def is_complete(self):
        """Whether every row of the file was moved or set aside."""
        return all(counts.found == counts.imported + counts.set_aside for counts in self.tables.values())

    def finish(self, result="imported"):
        """Bring both files to the disk; raises OSError where it has no room."""
        tables = {table: asdict(counts) for table, counts in self.tables.items()}
        tail = {"tables": tables, "result": result, "complete": self.is_complete}
        self.main.stream.write(b"\n], " + json_line(tail)[1:] + b"\n")
        self.main.finish()
        self.rest.finish()

    def publish(self):
        """Give both files their names."""
        self.rest.publish()
        self.main.publish()
