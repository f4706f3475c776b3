import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from blog.models.search_keys import Block, Negative, Numbers, Week


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("blog", "0004_post_featured_index")]

    operations = [
        # What is made concurrently and is interrupted leaves an invalid index of its name behind, on the way back too.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS public.blog_comment_words", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="comment",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("search"), Numbers(Block(models.F("id"))), name="blog_comment_words", fastupdate=False
            ),
        ),
        RemoveIndexConcurrently(model_name="comment", name="blog_comment_search"),
        migrations.RunSQL(migrations.RunSQL.noop, "DROP INDEX CONCURRENTLY IF EXISTS public.blog_comment_search"),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS public.blog_post_words", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="post",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("search"),
                Numbers(Week(models.F("published_at")), Negative(models.F("author"))),
                name="blog_post_words",
                fastupdate=False,
            ),
        ),
        RemoveIndexConcurrently(model_name="post", name="blog_post_search"),
        migrations.RunSQL(migrations.RunSQL.noop, "DROP INDEX CONCURRENTLY IF EXISTS public.blog_post_search"),
    ]
