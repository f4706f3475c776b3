"""No slug that has no address: one such row, loaded or written by SQL, was an error on every page that links to it."""

from django.core.management.base import CommandError
from django.db import migrations, models
from django.db.models import Q

PATTERN = r"^[-0-9A-Z_a-z\u0080-\U0010ffff]+$"
IN_ADDRESS = Q(slug__regex=PATTERN)
NAMES = {model: f"blog_{model}_slug_in_address" for model in ("post", "tag")}


def look(apps, schema_editor):
    """Name some of the rows that the database is about to refuse, before anything is changed."""
    for model in NAMES:
        rows = apps.get_model("blog", model).objects.using(schema_editor.connection.alias).exclude(IN_ADDRESS)
        if some := ", ".join(f"{slug!r} ({pk})" for pk, slug in rows.values_list("pk", "slug")[:10]):
            raise CommandError(
                f"In blog_{model} there are slugs that can be no address: {some}. Give these rows (by id) a slug of"
                " letters, digits, - and _, then run migrate again."
            )


def constrain(model, name):
    table = f"ALTER TABLE public.blog_{model}"
    drop = f"{table} DROP CONSTRAINT IF EXISTS {name}"
    add = f"{table} ADD CONSTRAINT {name} CHECK (slug ~ '{PATTERN}') NOT VALID"
    # SQL, for Django's own can't be run again when one of several steps, forward or back, was the last one.
    return migrations.RunSQL(
        [drop, add, f"{table} VALIDATE CONSTRAINT {name}"],
        drop,
        state_operations=[migrations.AddConstraint(model, models.CheckConstraint(condition=IN_ADDRESS, name=name))],
    )


class Migration(migrations.Migration):
    atomic = False  # the lock that adding takes isn't held while the rows are checked
    dependencies = [("blog", "0010_version_by_next_post")]

    operations = [
        migrations.RunPython(look, migrations.RunPython.noop),
        *(constrain(model, name) for model, name in NAMES.items()),
    ]
