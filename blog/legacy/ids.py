"""A set of ids that takes little room."""

from array import array
from bisect import bisect_right


class Ids:
    """Ids that were added in rising order, kept as runs: a file's have few gaps, and a million in a row are one."""

    def __init__(self):
        self.first, self.last = array("q"), array("q")  # of each run

    def add(self, id):
        if self.last and self.last[-1] == id - 1:
            self.last[-1] = id
        else:
            self.first.append(id)
            self.last.append(id)

    def __contains__(self, id):
        if id is None:
            return False
        at = bisect_right(self.first, id) - 1
        return at >= 0 and id <= self.last[at]
