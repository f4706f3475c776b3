"""Compares PostgreSQL with what a file gives, row by row and field by field; and what holds the rows together."""

from operator import itemgetter

from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Collate

from accounts.models import User
from blog.legacy import passwords
from blog.legacy.postgresql import set_limits
from blog.models import Comment, Post, PostSlug, PostTag, Tag
from blog.roles import RIGHTS, codenames

Membership, Permission = User.groups.through, User.user_permissions.through
ADDED = (Permission, Tag, PostTag, PostSlug)  # tables that a file fills none of
NUMBERED = (Group, User, Membership, Post, Comment)
CHUNK = 200  # rows; they are in memory at once, and a post may be long
SHOWN = 60  # characters of a value
NOT_THERE = "nothing"
MEMBER = Membership.objects.filter(user=OuterRef("pk"))
# By code point, as Python sorts.
GROUPS = ArraySubquery(MEMBER.order_by(Collate("group__name", "C")).values_list("group__name", flat=True))


def differences(expected):
    """Yield one line for each difference: table, id, field, what the file says, what is here.

    expected is an Expected; needs a transaction. Reads row by row, so memory stays flat.
    """
    with connection.cursor() as cursor:
        set_limits(cursor)
    new_groups = expected.groups()
    accounts = User.objects.annotate(groups_here=GROUPS)
    former_member = Q(pk=expected.survey.former_member)
    yield from compare_rows(accounts.exclude(former_member), expected.accounts(), "groups")
    yield from compare_rows(Post.objects, expected.posts())
    yield from compare_rows(Comment.objects, expected.comments())
    yield from compare_rows(accounts.filter(former_member), expected.former_member(), "groups")
    yield from compare_counts(expected)
    yield from compare_groups(new_groups)
    for model in ADDED:
        for pk in model.objects.order_by("pk").values_list("pk", flat=True).iterator(CHUNK):
            yield one_sided(model, pk, "id", "a row", is_theirs=False)
    for model in NUMBERED:
        yield from check_sequence(model)
    for model in (Membership, Permission, Post, PostTag, PostSlug, Comment):
        yield from check_links(model)
    for model in (User, Membership, Permission, Post, Tag, PostTag, PostSlug, Comment):
        yield from check_rules(model)


def line(model, pk, field, theirs, ours):
    return f"{model._meta.db_table} {pk}: {field}: the file says {theirs}, here is {ours}"


def one_sided(model, pk, field, what, is_theirs):
    """Return the line for what only the file has, or only the database."""
    return line(model, pk, field, *((what, NOT_THERE) if is_theirs else (NOT_THERE, what)))


def compare_rows(rows, theirs, *beside):
    """Compare the rows of a queryset with (id, fields) in order of id; beside: fields that it has as <name>_here."""
    model = rows.model
    fields = [field for field in model._meta.concrete_fields if not (field.generated or field.primary_key)]
    names = [*(field.name for field in fields), *beside]
    values_of, columns = itemgetter(*names), [field.attname for field in fields]
    ours = rows.order_by("pk").values_list("pk", *columns, *(f"{name}_here" for name in beside)).iterator(CHUNK)
    for pk, written, stored in paired(theirs, ours):
        if written is None or stored is None:
            yield one_sided(model, pk, "id", "a row", is_theirs=stored is None)
        elif (values := values_of(written)) != stored:
            for name, value, other in zip(names, values, stored, strict=True):
                if value != other and (shown := explained(name, value, other)):
                    yield line(model, pk, name, *shown)


def paired(theirs, ours):
    """Yield (id, fields or None, values or None) of two sides in order of id."""
    theirs, ours = iter(theirs), iter(ours)
    end = (None, None)
    (pk, written), (key, *stored) = next(theirs, end), next(ours, end)
    while pk is not None or key is not None:
        if key is None or (pk is not None and pk < key):
            yield pk, written, None
            pk, written = next(theirs, end)
        elif pk is None or key < pk:
            yield key, None, stored
            key, *stored = next(ours, end)
        else:
            yield pk, written, tuple(stored)
            (pk, written), (key, *stored) = next(theirs, end), next(ours, end)


def explained(name, theirs, ours):
    """Return how to show two values that are not equal; None where they may differ."""
    if name == "password":
        return passwords.difference(theirs, ours)
    if name == "renderer":  # the version of what made a post's HTML, which is compared itself
        return None
    start = 0
    if isinstance(theirs, str) and isinstance(ours, str):
        pairs = enumerate(zip(theirs, ours, strict=False))
        start = next((at for at, (a, b) in pairs if a != b), min(len(theirs), len(ours)))
    return excerpt(theirs, start), excerpt(ours, start)


def excerpt(value, start):
    """Return a value on one line; of a long text what stands around the character start."""
    if not isinstance(value, str):
        return "empty" if value is None else str(value)
    first = max(0, start - SHOWN // 4)
    return ("…" if first else "") + repr(value[first : first + SHOWN]) + ("…" if len(value) > first + SHOWN else "")


def compare_counts(expected):
    """Count the file's rows once more, without reading them."""
    for name, walked in expected.found.items():
        count = expected.tables[name].count() if name in expected.tables else 0
        if walked != count:
            yield f"{name}: the file has {count} rows, {walked} were compared or are set aside"


def compare_groups(names):
    ours, theirs = set(Group.objects.values_list("name", flat=True)), {*RIGHTS, *names}
    for name in sorted(theirs ^ ours):
        yield one_sided(Group, repr(name), "name", "a group", is_theirs=name in theirs)
    rights = {name: set(codenames(name)) for name in RIGHTS}
    for group in Group.objects.filter(name__in=theirs).order_by("name").prefetch_related("permissions"):
        here = {permission.codename for permission in group.permissions.all()}
        for name in sorted(here ^ rights.get(group.name, set())):
            yield one_sided(Group, repr(group.name), "permissions", repr(name), is_theirs=name not in here)


def check_sequence(model):
    """Tell where the next id is taken already."""
    table = model._meta.db_table
    with connection.cursor() as cursor:  # the ORM has no sequences
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        (sequence,) = cursor.fetchone()
        if sequence is None:
            yield f"{table}: nothing counts its ids any more"
            return
        cursor.execute(f"SELECT last_value + is_called::int FROM {sequence}")
        (next_id,) = cursor.fetchone()
    highest = model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if next_id <= highest:
        yield f"{table}: the next id is {next_id}, but {highest} is taken"


def check_links(model):
    """Tell which rows refer to rows that are not there: PostgreSQL's constraints can be switched off."""
    for field in model._meta.concrete_fields:
        if field.is_relation:
            there = Exists(field.related_model._base_manager.filter(pk=OuterRef(field.attname)))
            lost = model._base_manager.exclude(there).filter(**{f"{field.attname}__isnull": False})
            for pk, target in lost.order_by("pk").values_list("pk", field.attname).iterator(CHUNK):
                yield line(model, pk, field.name, "a row that exists", f"{target}, which does not")


def check_rules(model):
    """Tell which of the keys, constraints, indexes and generated columns that keep a table right are missing."""
    meta = model._meta
    with connection.cursor() as cursor:
        here = connection.introspection.get_constraints(cursor, meta.db_table)
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attgenerated = 's'", [meta.db_table]
        )
        generated = {name for (name,) in cursor.fetchall()}
    keys = {column for rule in here.values() if rule["foreign_key"] for column in rule["columns"]}
    unique = {tuple(rule["columns"]) for rule in here.values() if rule["unique"]}
    for rule in (*meta.constraints, *meta.indexes):
        if rule.name not in here:
            yield f"{meta.db_table}: {rule.name} is missing"
    for field in meta.concrete_fields:
        if field.is_relation and field.column not in keys:
            yield f"{meta.db_table}: the foreign key of {field.column} is missing"
        if field.unique and (field.column,) not in unique:
            yield f"{meta.db_table}: nothing keeps {field.column} unique"
        if field.generated and field.column not in generated:
            yield f"{meta.db_table}: {field.column} is not generated any more"
