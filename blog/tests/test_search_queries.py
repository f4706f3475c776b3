import pytest
from django.db import connection

from blog.search import queries


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  bread and butter ", "bread and butter"),
        ("a\0b", "a b"),
        ("\0", ""),
        ("", ""),
        ("x" * 300, "x" * 200),
        (" ".join(f"w{n}" for n in range(30)), " ".join(f"w{n}" for n in range(20))),
        ('"' + ",".join("abcdefghijklmnopqrstuvwxyz"), '"' + ",".join("abcdefghijklmnopqrst") + ","),
    ],
)
def test_a_text_is_cut_at_200_characters_and_20_words(text, kept):
    assert queries.cut(text) == kept


def value_of(query):
    """Return a query as PostgreSQL reads it."""
    from blog.models import Post

    compiler = Post.objects.all().query.get_compiler(connection=connection)
    sql, params = compiler.compile(query)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}::text", params)
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("baking bread", "'bake' & 'bread'"),
        ('"night train"', "'night' <-> 'train'"),
        ("bread -soup", "'bread' & !'soup'"),
        ("bread or soup", "'bread' | 'soup'"),
        ('"night', "'night'"),
        ("面包", "'面包'"),
        ("the", ""),
        ("& | ! <-> :*", ""),
        ("-bread", ""),
        ("bread or -soup", ""),
    ],
)
def test_a_text_is_read_as_search_engines_read_it(text, query):
    assert value_of(queries.typed(text)) == query


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("night tra", "'night' & 'tra':*"),
        ("photogra", "'photogra':*"),
        ("photogra!?", "'photogra':*"),
        ("e-mai", "'e':* & 'mai':*"),
        ("the bre", "'bre':*"),
        ("面", "'面':*"),
    ],
)
def test_the_last_word_can_be_a_beginning(text, query):
    assert value_of(queries.begun(text)) == query.replace("'e':*", "'e'")


@pytest.mark.parametrize("text", ["", "!?", "br", "bread -sou", "-sou", '"night tra"', '"night tra'])
def test_what_is_too_short_left_out_or_quoted_is_no_beginning(text):
    assert queries.begun(text) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "reason"),
    [("the and", "empty"), ("-- |", "empty"), ("-bread", "negative"), ("bread or -soup", "negative"), ("bread", "")],
)
def test_a_text_that_can_find_nothing_is_told_from_one_that_happens_not_to(text, reason):
    assert queries.says_too_little(text) == reason
