from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("blog", "0003_post_is_featured")]

    operations = [
        # What is made concurrently and is interrupted leaves an invalid index of its name behind.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS public.blog_post_featured", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(
                condition=models.Q(("is_featured", True)),
                fields=["-published_at", "-id"],
                name="blog_post_featured",
            ),
        ),
    ]
