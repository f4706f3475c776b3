import errno
import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from blog.legacy.errors import InvalidValue, UnreadableFile
from blog.legacy.reader import MAX_ROW, MAX_VALUE, open_readonly
from blog.tests.legacy_files import bad_text, old_file, post, user


def rows_of(path, table="posts"):
    with open_readonly(path) as old:
        return list(old.tables[table].rows())


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def left_in_the_middle(path, statements, pragma):
    """Copy what stands on disk while a transaction runs, as a killed program leaves it; returns the copy."""
    copy = path.parent / "left" / path.name
    copy.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(pragma)
        for statement in statements:
            connection.execute(statement)
        for file in path.parent.glob("*.db*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, copy.parent)
    return copy


def test_rows_are_read_by_column_name_in_order_of_id(tmp_path):
    schema = {"posts": 'user, date, "Text" TEXT, title, id INTEGER PRIMARY KEY'}
    path = old_file(tmp_path / "old.db", schema, posts=[post(7), post(3, text=5)])

    found = rows_of(path)

    assert [row["id"] for row in found] == [3, 7]
    assert found[1] == {"user": 1, "date": b"2020-01-02 03:04:05", "Text": b"Text 7", "title": b"Post 7", "id": 7}


def test_ids_that_are_text_are_put_in_order_as_numbers(tmp_path):
    path = old_file(tmp_path / "old.db", {"posts": "id TEXT, title"}, posts=[{"id": "10"}, {"id": "9"}])

    found = rows_of(path)

    assert [row["id"] for row in found] == [b"9", b"10"]


def test_a_key_that_is_not_sqlites_own_row_number_may_hold_anything_and_is_put_in_order_too(tmp_path):
    schema = {"posts": "id INTEGER PRIMARY KEY DESC, title"}
    path = old_file(tmp_path / "old.db", schema, posts=[{"id": 8}, {"id": b"7"}])

    found = rows_of(path)

    assert [row["id"] for row in found] == [b"7", 8]


def test_text_that_is_not_utf_8_comes_as_its_bytes(tmp_path):
    path = old_file(tmp_path / "old.db", posts=[post(1), post(2)])
    with closing(sqlite3.connect(path)) as connection, connection:
        bad_text(connection, "posts", 1, "title", b"caf\xe9 \x00")

    found = rows_of(path)

    assert [row["title"] for row in found] == [b"caf\xe9 \x00", b"Post 2"]


def test_generated_columns_are_rows_too_and_views_and_virtual_tables_are_not(tmp_path):
    path = old_file(tmp_path / "old.db", posts=[post(1)])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE posts ADD COLUMN shout GENERATED ALWAYS AS (upper(title)) VIRTUAL")
        connection.execute("CREATE VIEW newest AS SELECT * FROM posts")
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(word)")

    with open_readonly(path) as old:
        found = list(old.tables["posts"].rows())

    assert found[0]["shout"] == b"POST 1"
    assert not {"newest", "words", "sqlite_sequence"} & old.tables.keys()
    assert "words_content" in old.tables


def test_the_old_file_and_its_folder_stay_as_they_were(tmp_path):
    path = old_file(tmp_path / "old.db", posts=[post(1)])
    before, changed = contents(tmp_path), path.stat().st_mtime_ns

    with open_readonly(path) as old:
        sha256 = old.sha256
        list(old.tables["posts"].rows())

    assert contents(tmp_path) == before
    assert path.stat().st_mtime_ns == changed
    assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_rows_that_only_the_wal_file_holds_count_and_nothing_is_written_beside_it(tmp_path):
    path = old_file(tmp_path / "old.db", posts=[post(1)])
    left = left_in_the_middle(
        path, ["PRAGMA wal_autocheckpoint = 0", "INSERT INTO posts (id) VALUES (2)"], "PRAGMA journal_mode = WAL"
    )
    before = contents(left.parent)

    found = rows_of(left)

    assert [row["id"] for row in found] == [1, 2]
    assert contents(left.parent) == before
    assert set(before) == {"old.db", "old.db-wal"}


def test_a_copy_for_which_there_is_no_room_is_told_with_what_to_do(tmp_path, monkeypatch):
    def fail(*paths):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = old_file(tmp_path / "old.db", posts=[post(1)])
    Path(f"{path}-journal").touch()
    monkeypatch.setattr(shutil, "copyfile", fail)

    with pytest.raises(UnreadableFile, match="no room for temporary files; TMPDIR names"):
        rows_of(path)


def test_a_wal_file_that_was_closed_well_is_read_without_a_word_beside_it(tmp_path):
    path = old_file(tmp_path / "old.db", posts=[post(1)])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")

    found = rows_of(path)

    assert len(found) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["old.db"]


def test_what_a_killed_program_had_not_committed_is_rolled_back_in_a_copy(tmp_path):
    path = old_file(tmp_path / "old.db", posts=[post(id, text="x" * 3000) for id in range(1, 200)])
    left = left_in_the_middle(path, ["BEGIN", "UPDATE posts SET title = 'half'"], "PRAGMA cache_size = 5")
    before = contents(left.parent)

    titles = {row["title"] for row in rows_of(left)}

    assert b"half" in left.read_bytes()
    assert b"half" not in titles
    assert contents(left.parent) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"Dear diary,\nI met a delorean.\n", "is not a SQLite file"),
        (b"SQLite format 3\0" + b"\x10" * 40, "is damaged"),
    ],
)
def test_a_file_that_is_no_sqlite_file_is_refused(tmp_path, content, message):
    path = tmp_path / "old.db"
    path.write_bytes(content)

    with pytest.raises(UnreadableFile, match=message):
        rows_of(path)


def test_what_is_no_ordinary_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    for name, message in (("", "is a folder"), ("pipe", "not an ordinary file"), ("none.db", "No such file")):
        with pytest.raises(UnreadableFile, match=message):
            rows_of(tmp_path / name)


@pytest.mark.parametrize("end", [3000, -4096])
def test_a_truncated_file_is_refused_with_what_recover_can_do(tmp_path, end):
    path = old_file(tmp_path / "old.db", posts=[post(id, text="x" * 3000) for id in range(1, 20)])
    path.write_bytes(path.read_bytes()[:end])

    with pytest.raises(UnreadableFile, match=r"is damaged \(.+\)\. Run `sqlite3 \S+ \.recover \|") as error:
        rows_of(path)

    assert "\n" not in str(error.value)


def test_a_page_overwritten_in_the_middle_is_found_before_any_row_is_read(tmp_path):
    path = old_file(tmp_path / "old.db", posts=[post(id, text="x" * 3000) for id in range(1, 20)])
    content = bytearray(path.read_bytes())
    content[8 * 4096 : 9 * 4096] = b"\xff" * 4096
    path.write_bytes(content)

    with pytest.raises(UnreadableFile, match="is damaged"), open_readonly(path):
        pytest.fail("the file was opened")


def test_damage_that_would_only_lose_rows_is_found_too(tmp_path):
    path = old_file(tmp_path / "old.db", posts=[post(id) for id in range(1, 9)])
    content = bytearray(path.read_bytes())
    leaf = next(page for page in range(4096, len(content), 4096) if content[page] == 13 and content[page + 4] == 8)
    content[leaf + 8 : leaf + 12] = content[leaf + 10 : leaf + 12] + content[leaf + 8 : leaf + 10]  # two rows' places
    path.write_bytes(content)

    with pytest.raises(UnreadableFile, match=r"is damaged \(.*out of order"):
        rows_of(path)


@pytest.mark.parametrize("schema", ["id INTEGER PRIMARY KEY, email", "id, name, password", "host, user"])
def test_another_applications_file_is_refused(tmp_path, schema):
    path = old_file(tmp_path / "old.db", {"users": schema}, users=[])

    with pytest.raises(UnreadableFile, match="without an old Bloggy's tables"):
        rows_of(path)


def test_a_file_with_accounts_alone_is_a_bloggys(tmp_path):
    path = old_file(tmp_path / "old.db", {"Users": "ID, Password, EMAIL"}, Users=[{"ID": 1}])

    found = rows_of(path, "users")

    assert found == [{"ID": 1, "Password": None, "EMAIL": None}]


def test_a_null_where_the_schema_wants_none_is_no_damage(tmp_path):
    path = old_file(tmp_path / "old.db", users=[user(1, first_name=None)])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        change = "replace(sql, 'first_name CHAR(128)', 'first_name CHAR(128) NOT NULL')"
        connection.execute(f"UPDATE sqlite_master SET sql = {change} WHERE name = 'users'")

    found = rows_of(path, "users")

    assert found[0]["first_name"] is None


def test_a_file_that_is_being_written_is_refused(tmp_path):
    path = old_file(tmp_path / "old.db", posts=[post(1)])

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UnreadableFile, match="stop the old Bloggy first"):
            rows_of(path)


@pytest.mark.parametrize(("size", "is_read"), [(MAX_VALUE + 1, True), (MAX_ROW + 1, False)])
def test_a_value_over_16_mb_is_an_error_that_names_it(tmp_path, size, is_read):
    path = old_file(tmp_path / "old.db", posts=[post(1), post(42, text="x" * size)])

    with pytest.raises(InvalidValue, match="table posts, row 42, column text: a value of more than 16 MB") as error:
        rows_of(path)

    assert (error.value.__cause__ is None) is is_read  # a huge one never gets into memory: SQLite stops


def test_a_value_of_16_mb_is_read(tmp_path):
    path = old_file(tmp_path / "old.db", posts=[post(1, text="x" * MAX_VALUE)])

    found = rows_of(path)

    assert len(found[0]["text"]) == MAX_VALUE


def test_tables_whose_names_differ_in_the_case_of_other_than_latin_letters_are_two(tmp_path):
    schemas = {"Été": "id", "été": "id"}
    path = old_file(tmp_path / "old.db", schemas, posts=[], **{"Été": [{"id": 1}], "été": [{"id": 2}]})

    with open_readonly(path) as old:
        found = [(table.name, list(table.rows())) for name, table in old.tables.items() if name != "posts"]

    assert found == [("Été", [{"id": 1}]), ("été", [{"id": 2}])]


def test_odd_names_of_files_tables_and_columns_are_read(tmp_path):
    schemas = {'half "made"; table': '"select" INTEGER, "a ""b"" c"'}
    row = {"select": 1}
    path = old_file(tmp_path / "old #1? 100%.db", schemas, posts=[], **{'half "made"; table': [row]})

    found = rows_of(path, 'half "made"; table')

    assert found == [{"select": 1, 'a "b" c': None}]


def test_a_schema_that_is_not_utf_8_is_damage(folder):
    path = old_file(folder / "old.db", posts=[post(1)])
    path.write_bytes(path.read_bytes().replace(b'"posts" (id', b'"posts"\xff(id', 1))

    with pytest.raises(UnreadableFile, match="is damaged"), open_readonly(path):
        pass


def test_a_file_that_only_readers_take_for_wal_is_read_from_a_copy(folder):
    path = old_file(folder / "old.db", posts=[post(1)])
    content = path.read_bytes()
    path.write_bytes(content[:18] + b"\1\2" + content[20:])

    with open_readonly(path) as old:
        assert old.tables["posts"].count() == 1

    assert [file.name for file in folder.iterdir()] == ["old.db"]
