from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

INDEXES = [
    ("comment", "blog_comment_not_visible", ["state", "-id"], ~Q(state="visible")),
    ("post", "blog_post_closed", ["-published_at", "-id"], Q(comments_open=False)),
    ("post", "blog_post_plain", ["-published_at", "-id"], Q(body_format="plain")),
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("blog", "0007_content_version")]

    # What is made concurrently and is interrupted leaves an invalid index of its name behind.
    operations = [
        operation
        for model, name, fields, condition in INDEXES
        for operation in (
            migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS public.{name}", migrations.RunSQL.noop),
            AddIndexConcurrently(model, models.Index(fields=fields, name=name, condition=condition)),
        )
    ]
