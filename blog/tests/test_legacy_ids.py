from hypothesis import given
from hypothesis import strategies as st

from blog.legacy.ids import Ids


@given(st.sets(st.integers(1, 60) | st.integers(1, 2**62)), st.none() | st.integers(-1, 62) | st.integers())
def test_an_id_is_in_the_set_if_it_was_added(added, asked):
    ids = Ids()
    for id in sorted(added):
        ids.add(id)

    assert (asked in ids) == (asked in added)
    assert all(id in ids for id in added)


def test_a_million_ids_in_a_row_are_one_run():
    ids = Ids()
    for id in range(7, 1_000_007):
        ids.add(id)

    assert (len(ids.first), 6 in ids, 7 in ids, 1_000_006 in ids, 1_000_007 in ids) == (1, False, True, True, False)
