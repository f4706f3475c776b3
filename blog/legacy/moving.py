"""Takes every row of an old file to a target, and notes in the report what became of it."""

from datetime import UTC, datetime

from blog.legacy import grants, mapping, rows, survey
from blog.legacy.errors import LegacyError
from blog.legacy.reasons import Reason

USER, POST, COMMENT = "accounts.user", "blog.post", "blog.comment"
MODELS = {"users": USER, "posts": POST, "comments": COMMENT}


def move(tables, target, report, *, progress, merge_duplicate_emails=False, replace_invalid=False):
    """Move every row of an old file: groups, accounts, posts, comments; all else goes to the report.

    tables are an OldFile's; target has write_group(name) and write(model, pk, fields);
    progress(rows, table, count) yields its rows while it shows how many are done. Raises LegacyError.
    """
    surveyed = survey.take(tables, merge_duplicate_emails=merge_duplicate_emails, replace_invalid=replace_invalid)
    Move(tables, target, report, progress, replace_invalid, surveyed).run()
    if not report.is_complete:
        raise LegacyError("The rows that were moved and set aside are not as many as the file has: please report this.")


class Move:
    """One pass over the file; what the rows of one table leave for those of the next."""

    def __init__(self, tables, target, report, progress, replace_invalid, surveyed):
        self.tables, self.target, self.report = tables, target, report
        self.progress, self.replace_invalid, self.survey = progress, replace_invalid, surveyed
        self.grants, self.numbering = grants.Grants(), mapping.Numbering()
        self.now = datetime.now(UTC)

    def run(self):
        for names, members in grants.MEMBERS.items():
            self.each(names, lambda row, table=names: grants.take_role(row, table, self.grants))
            self.each(members, lambda row, table=names: grants.take_membership(row, table, self.grants, self.survey))
        for name in self.grants.new_groups():
            self.target.write_group(name)
        self.each("users", lambda row: mapping.user_fields(row, self.survey, self.grants))
        self.each("posts", lambda row: mapping.post_fields(row, self.survey, self.numbering, self.now))
        self.each("comments", lambda row: mapping.comment_fields(row, self.survey))
        if self.survey.has_orphans:
            self.target.write(USER, self.survey.former_member, mapping.former_member(self.survey))
        for name in [name for name in self.tables if name not in rows.COLUMNS]:
            self.each(name, lambda row: row.set_aside(Reason.TABLE_NOT_MOVED))

    def each(self, name, become):
        """Take each row of a table, where the file has it, to what it becomes; None: it is set aside."""
        if name not in self.tables:
            return
        table, model = self.tables[name], MODELS.get(name)
        self.report.found(table.name, count := table.count())
        reading = rows.read(table, replace_invalid=self.replace_invalid)
        for row in self.progress(reading, table.name, count):
            became = row.set_aside(row.problem) if row.problem else become(row)
            if became is None:
                self.report.set_aside(table.name, row)
                continue
            if model:
                self.target.write(model, row.id, became)
            self.report.imported(table.name, row)
