"""Builds SQLite files such as the old Bloggy left them, of every generation."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

WHEN = "2020-01-02 03:04:05"
PASSWORD = "fluxcapacitor"

# As Emmett made them. Types bind nobody in SQLite, so most are left out here.
SCHEMAS = {
    "users": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT, created_at TIMESTAMP, updated_at TIMESTAMP, email CHAR(255), "
        "password CHAR(512), registration_key CHAR(512) DEFAULT '', reset_password_key CHAR(512) DEFAULT '', "
        "registration_id CHAR(512) DEFAULT '', first_name CHAR(128), last_name CHAR(128)"
    ),
    "posts": (
        'id INTEGER PRIMARY KEY AUTOINCREMENT, title CHAR(512), text TEXT, date TIMESTAMP, "user" INTEGER '
        'REFERENCES "users" ("id") ON DELETE CASCADE'
    ),
    "comments": 'id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT, date TIMESTAMP, "user" INTEGER, post INTEGER',
    "auth_groups": "id INTEGER PRIMARY KEY, created_at TIMESTAMP, updated_at TIMESTAMP, role CHAR(255), description",
    "auth_memberships": 'id INTEGER PRIMARY KEY, created_at, updated_at, "user" INTEGER, auth_group INTEGER',
    "roles": "id INTEGER PRIMARY KEY, name CHAR(80), description TEXT, created_at TIMESTAMP",
    "user_roles": 'id INTEGER PRIMARY KEY, assigned_at TIMESTAMP, assigned_by INTEGER, "user" INTEGER, role INTEGER',
    "auth_events": 'id INTEGER PRIMARY KEY, client_ip, origin, description, "user" INTEGER, created_at',
    "oauth_tokens": "id INTEGER PRIMARY KEY, access_token",
}


def old_hash(password=PASSWORD, salt="a616e5f7f7c1fdd6", iterations=2000, length=20, digest="sha512"):
    """Return a password's hash as the old Bloggy stored it."""
    derived = hashlib.pbkdf2_hmac(digest, password.encode(), salt.encode(), iterations, length)
    return f"pbkdf2({iterations},{length},{digest})${salt}${derived.hex()}"


def user(id, **values):
    """Return a row of `users` with nothing odd in it; values replace its own."""
    name = {"first_name": "Emmett", "last_name": "Brown"}
    return {"id": id, "created_at": WHEN, "email": f"user{id}@example.com", "password": old_hash()} | name | values


def post(id, **values):
    return {"id": id, "title": f"Post {id}", "text": f"Text {id}", "date": WHEN, "user": 1} | values


def comment(id, **values):
    return {"id": id, "text": f"Comment {id}", "date": WHEN, "user": 1, "post": 1} | values


def old_file(path, schemas=None, **tables):
    """Write a SQLite file and return its path: tables are lists of rows, rows dicts; schemas replace SCHEMAS."""
    with closing(sqlite3.connect(path)) as connection, connection:
        fill(connection, SCHEMAS | (schemas or {}), tables)
    return path


def fill(connection, schemas, tables):
    for table, rows in tables.items():
        name = table.replace('"', '""')
        connection.execute(f'CREATE TABLE "{name}" ({schemas[table]})')
        for row in rows:
            columns = ", ".join(f'"{column}"' for column in row)
            marks = ", ".join("?" * len(row))
            connection.execute(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', list(row.values()))


def small_file(name="old.db"):
    """Write a file with one row of each in the current folder and return its path."""
    return old_file(Path(name), users=[user(3)], posts=[post(7, user=3)], comments=[comment(9, post=7, user=3)])


def bad_text(connection, table, id, column, value):
    """Put bytes into a column as text, as only a broken program does."""
    connection.execute(f'UPDATE "{table}" SET "{column}" = CAST(? AS TEXT) WHERE id = ?', [value, id])


def read_report(path):
    """Return a report and the lines of its rest file."""
    rest = path.with_name(path.name.removesuffix(".json") + ".rest.jsonl")
    return json.loads(path.read_text()), [json.loads(line) for line in rest.read_text().splitlines()]


def reasons(report):
    """Return (table, id, reason) of each row that a report names, but for columns that Bloggy has no place for."""
    named = [(row["table"], row["id"], row["reason"]) for row in report["rows"]]
    return [entry for entry in named if entry[2] != "columns-not-moved"]
