"""The content's version by the next scheduled post, in the place of the newest one: one look at the posts, not two.

Either moves at the moment when a post is due, and only then or with a change (blog/content_version.py).
"""

from importlib import import_module

from django.db import migrations

# As in migration 0007: the version, a bar, the seconds until the next scheduled post (or nothing).
VERSION = """
CREATE OR REPLACE FUNCTION public.content_version() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  due timestamptz := (
    SELECT published_at FROM public.blog_post WHERE published_at > statement_timestamp()
      ORDER BY published_at, id LIMIT 1
  );
BEGIN
  RETURN (
    SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), min(tableoid), (
      SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()
    ), sum(changes), extract(epoch FROM due))
    FROM public.content_version
  ) || '|' || coalesce(extract(epoch FROM due - statement_timestamp())::text, '');
END $$;
"""
VERSION_BACK = import_module("blog.migrations.0007_content_version").VERSION.replace("CREATE", "CREATE OR REPLACE")


class Migration(migrations.Migration):
    dependencies = [("blog", "0009_twin_of_comment")]

    operations = [migrations.RunSQL(VERSION, VERSION_BACK)]
