from hypothesis import given
from hypothesis import strategies as st

from blog.legacy.lookup import Lookup

KEY = st.text(st.characters(codec="utf-8"), max_size=3) | st.integers(-(2**63), 2**63 - 1)
VALUE = st.text(st.characters(codec="utf-8"), max_size=3) | st.integers(0, 9)


@given(st.lists(st.tuples(st.booleans(), KEY, VALUE)), KEY)
def test_it_does_what_a_dict_does(steps, asked):
    lookup, known = Lookup(), {}

    for replaces, key, value in steps:
        if replaces:
            lookup[key] = known[key] = value
        else:
            assert lookup.add(key, value) == (key not in known)
            known.setdefault(key, value)

    for key in (asked, *known):
        assert (lookup.get(key), lookup.get(key, "other"), key in lookup) == (
            known.get(key),
            known.get(key, "other"),
            key in known,
        )
