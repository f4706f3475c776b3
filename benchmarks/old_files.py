"""Makes old Bloggy files of any size, the same in every run."""

import hashlib
import random
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, created_at TIMESTAMP, updated_at TIMESTAMP, email CHAR(255),
  password CHAR(512), registration_key CHAR(512), first_name CHAR(128), last_name CHAR(128));
CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, title CHAR(512), text TEXT, date TIMESTAMP, "user" INTEGER);
CREATE TABLE comments (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT, date TIMESTAMP, "user" INTEGER, post INTEGER);
"""
VOCABULARY = 20_000  # words
CHARACTERS = 1000  # of a post
COMMENT_WORDS = 15
BEGIN = datetime(2010, 1, 1)


def make(path, users, posts, comments):
    """Write a file with so many rows, posts of about 1 KB, comments of about 100 bytes."""
    dice = random.Random(5)
    words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(2, 10))) for _ in range(VOCABULARY)]
    hashed = hashlib.pbkdf2_hmac("sha512", b"password", b"salt", 2000, 20).hex()

    def text(characters):
        # Some words are far more frequent than others, as in any language.
        return " ".join(words[int(dice.random() ** 3 * VOCABULARY)] for _ in range(characters // 7))

    def user(id):
        return id, when(id), when(id), f"user{id}@example.com", f"pbkdf2(2000,20,sha512)$salt${hashed}", "", "A", "B"

    def post(id):
        return id, f"{dice.choice(words)} {dice.choice(words)} {id}", text(CHARACTERS), when(id), dice.randint(1, users)

    def comment(id):
        return (
            id,
            " ".join(dice.choices(words, k=COMMENT_WORDS)),
            when(id),
            dice.randint(1, users),
            dice.randint(1, posts),
        )

    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(SCHEMA)
        for table, row, count in (("users", user, users), ("posts", post, posts), ("comments", comment, comments)):
            marks = ", ".join("?" * len(row(1)))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", map(row, range(1, count + 1)))


def when(id):
    return (BEGIN + timedelta(seconds=97 * id)).isoformat(" ")
