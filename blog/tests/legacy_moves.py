"""Moves an old file in a test, in the current folder: see the fixture `folder`."""

import json
from pathlib import Path

from django.core.management import CommandError, call_command

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


def bring(path, *arguments, verbosity=0):
    """Import a file; returns the report."""
    call_command("import_sqlite", path, *arguments, verbosity=verbosity)
    return read_report(Path(f"{path.name}.report.json"))[0]


def verify(path, capsys):
    """Return the differences that are shown, and the error, empty where there is none."""
    capsys.readouterr()
    try:
        call_command("verify_sqlite", path, verbosity=0)
    except CommandError as error:
        return capsys.readouterr().out.splitlines(), str(error)
    return capsys.readouterr().out.splitlines(), ""
