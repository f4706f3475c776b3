"""What finds a comment that is sent twice (Comment.save_once): a wait and a look at what it waited for, in one statement.

Only a function's later statement sees what was stored while an earlier one waited; and the connection keeps its plan.
"""

from django.db import migrations

TWIN = """
CREATE FUNCTION public.twin_of_comment(post bigint, author bigint, words text, since timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('bloggy.comment ' || author));
  RETURN (
    SELECT id FROM public.blog_comment
      WHERE post_id = post AND author_id = author AND body = words AND created_at > since ORDER BY id LIMIT 1
  );
END $$;
"""
TWIN_BACK = "DROP FUNCTION public.twin_of_comment(bigint, bigint, text, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("blog", "0008_indexes_of_lists")]

    operations = [migrations.RunSQL(TWIN, TWIN_BACK)]
