"""An old file of each generation, small and with something odd in each."""

from blog.tests.legacy_files import comment, post, user


def first():
    """As Emmett's first start left it: an admin by auth group."""
    return {}, {
        "users": [user(1), user(5, registration_key="pending")],
        "posts": [post(1), post(2, date=None), post(30, title=None, user=77)],
        "auth_groups": [{"id": 1, "role": "admin"}, {"id": 2, "role": "Authors"}],
        "auth_memberships": [{"id": 1, "user": 1, "auth_group": 1}, {"id": 2, "user": 5, "auth_group": 2}],
        "auth_events": [{"id": 1, "client_ip": "127.0.0.1", "user": 1}],
    }


def comments():
    """With comments; one on a missing post, one by nobody, one without a date."""
    return {}, {
        "users": [user(1), user(2, password="in the clear")],
        "posts": [post(1, text="a\n\n<b> & *c*"), post(2, title="日本", user=2)],
        "comments": [
            comment(1, text="<script>"),
            comment(2, post=9),
            comment(3, user=None),
            comment(40, post=2, date="soon"),
        ],
    }


def roles():
    """With roles, their columns renamed and in another order."""
    names = ("admin", "moderator", "author", "viewer", "gardener", "Editors")
    return {"user_roles": "role_id, assigned_by, user_id, id INTEGER PRIMARY KEY"}, {
        "users": [user(id) for id in range(1, 8)],
        "posts": [post(id, title="Same") for id in range(1, 5)],
        "roles": [{"id": id, "name": name} for id, name in enumerate(names, 1)],
        "user_roles": [{"user_id": id, "role_id": id} for id in range(1, 7)] + [{"user_id": 7, "role_id": 2}],
        "oauth_tokens": [{"id": 1, "access_token": "token"}],
    }


def swapped():
    """With every column in another place, ids as text, and a table that Bloggy never had."""
    schemas = {
        "users": "last_name, first_name, password, email, id TEXT",
        "posts": "user_id, date, text, title, id TEXT",
        "comments": "post_id, user_id, date, text, id",
        "weather": "sky",
    }
    without = {"email": "Doc@Example.com ", "password": None, "first_name": 7, "last_name": "x" * 200}
    return schemas, {
        "users": [without | {"id": "1"}, without | {"id": "2", "email": "doc"}],
        "posts": [{"id": id, "title": id, "text": 3.5, "date": "2020-01-02", "user_id": "1"} for id in ("9", "10")],
        "comments": [{"id": 2.0, "text": b"caf\xc3\xa9", "post_id": "10", "user_id": 1}, {"id": -1, "text": "lost"}],
        "weather": [{"sky": "blue"}],
    }


def posts_alone():
    """With one table, all its authors gone."""
    return {}, {"posts": [post(1), post(7)]}


def nothing():
    """With its tables empty."""
    return {}, {"users": [], "posts": [], "comments": []}


GENERATIONS = (first, comments, roles, swapped, posts_alone, nothing)
