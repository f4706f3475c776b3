"""The report as an operator reads it at the end of a command."""

from blog.legacy.files import shown
from blog.legacy.reasons import EXPLANATIONS


def lines(report, destination):
    """Return the lines that say what became of the rows; destination: where the moved ones are."""
    return [*table_lines(report), "", *reason_lines(report), missing_line(report, destination)]


def table_lines(report):
    width = max([len("table"), *(len(shown(table)) for table in report.tables)])
    heads = ("found", "imported", "changed", "set aside")
    yield f"{'table':<{width}}" + "".join(f"{head:>11}" for head in heads)
    for table, counts in sorted(report.tables.items()):
        numbers = (counts.found, counts.imported, counts.changed, counts.set_aside)
        yield f"{shown(table):<{width}}" + "".join(f"{number:>11,}" for number in numbers)


def reason_lines(report):
    """Say for each reason which rows of which table it met, and what it means."""
    if not report.groups:
        return
    reasons = sorted({(what, reason) for _table, what, reason in report.groups})
    for what, reason in reasons:
        yield f"{what}: {reason} — {EXPLANATIONS[reason]}"
        for table in sorted(table for table, *rest in report.groups if rest == [what, reason]):
            group = report.groups[table, what, reason]
            yield f"    {shown(table)}: {group.count:,}{ids_of(group)}"
    yield ""


def ids_of(group):
    """Return the first few ids of a group of rows; numbers alone: text could be a secret, or mislead a terminal."""
    numbers = [str(name) for name in group.examples if isinstance(name, int)]
    more = ", …" if group.count > len(numbers) else ""
    return f" (id {', '.join(numbers)}{more})" if numbers else ""


def missing_line(report, destination):
    total = sum(counts.found for counts in report.tables.values())
    if not report.is_complete:
        return f"Rows are missing: {shown(report.path)} shows of which tables."
    return (
        f"Nothing is missing: each of the {total:,} rows is in {shown(destination)} or in {shown(report.rest_path)}, "
        f"and {shown(report.path)} names all that were changed or set aside."
    )
