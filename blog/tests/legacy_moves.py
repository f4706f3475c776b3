"""Moves an old file in a test, in the current folder: see the fixture `folder`."""

import json
from pathlib import Path

from django.core.management import call_command

from blog.tests.legacy_files import read_report


def dump(path, *arguments):
    """Run the command; returns the report, the rest and the fixture's lines."""
    call_command("dump_sqlite", path, "--output", "old.jsonl", *arguments, verbosity=0)
    lines = [json.loads(line) for line in Path("old.jsonl").read_text().splitlines()]
    return *read_report(Path(f"{path.name}.report.json")), lines


def move(path, *arguments):
    """Dump a file and load it; returns the report and the rest."""
    report, rest, _lines = dump(path, *arguments)
    call_command("loaddata", "old.jsonl", verbosity=0)
    return report, rest


def keys(lines, model):
    return [line["pk"] for line in lines if line["model"] == model]
