"""What PostgreSQL should hold of a file, by the mapping's rules alone.

Nothing here is shared with `moving` and its targets: what those lose or spoil must show.
"""

from datetime import UTC, datetime

from blog.legacy import grants, mapping, rows, survey


class Expected:
    """The rows that a file gives, each as (id, fields), in order of id. To be read in the order of its methods.

    The options of an import make no difference here: without them it stops where they would have
    something to do. found counts the rows that were read by table, moved those of them that are rows here.
    """

    def __init__(self, tables, progress):
        self.tables, self.progress = tables, progress
        self.survey = survey.take(tables, merge_duplicate_emails=True, replace_invalid=True)
        self.grants, self.numbering = grants.Grants(), mapping.Numbering()
        self.now = datetime.now(UTC)
        self.found, self.moved = {}, {}

    def groups(self):
        """Return the names of the groups that the roles give beside Bloggy's own."""
        for names, members in grants.MEMBERS.items():
            for row in self.read(names):
                grants.take_role(row, names, self.grants)
            for row in self.read(members):
                grants.take_membership(row, names, self.grants, self.survey)
        return self.grants.new_groups()

    def accounts(self):
        return self.each("users", lambda row: mapping.user_fields(row, self.survey, self.grants))

    def posts(self):
        return self.each("posts", lambda row: mapping.post_fields(row, self.survey, self.numbering, self.now))

    def comments(self):
        return self.each("comments", lambda row: mapping.comment_fields(row, self.survey))

    def former_member(self):
        if self.survey.has_orphans:
            yield self.survey.former_member, mapping.former_member(self.survey)

    def each(self, name, fields_of):
        self.moved[name] = 0
        for row in self.read(name):
            fields = None if row.problem else fields_of(row)
            if fields is not None:
                self.moved[name] += 1
                yield row.id, fields

    def read(self, name):
        """Yield and count the rows of a table, none where the file has no such table."""
        self.found[name] = 0
        if name not in self.tables:
            return
        table = self.tables[name]
        for row in self.progress(rows.read(table, replace_invalid=True), table.name, table.count()):
            self.found[name] += 1
            yield row

    def rest(self):
        """Return the number of rows of each table that was not read."""
        return {table.name: table.count() for name, table in self.tables.items() if name not in self.found}
