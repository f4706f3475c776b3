"""A number that moves with every committed change of what readers see, whoever makes it (blog/content_version.py).

The functions name the schema, because pg_restore runs them with an empty search_path.
"""

from django.db import migrations

# No model: a flush of the tables must not set it back. Rows in use are passed over, so writers wait for no other;
# one step for each transaction is enough, and a setting that ends with it (or with its savepoint) says that it is done.
# A stricter transaction than PostgreSQL's default would fail for a row that others changed since it began, so it makes
# one. Who may write only some tables needs no right to this one: the function has its owner's.
COUNTER = (
    "CREATE TABLE public.content_version (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, changes bigint NOT NULL) "
    "WITH (fillfactor = 50)"
)
COUNT = """
INSERT INTO public.content_version (changes) VALUES (0);
CREATE FUNCTION public.content_changed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF current_setting('bloggy.content_changed', true) = 'yes' THEN
    RETURN NULL;
  END IF;
  IF current_setting('transaction_isolation') = 'read committed' THEN
    UPDATE public.content_version SET changes = changes + 1
      WHERE id = (SELECT id FROM public.content_version ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
  END IF;
  IF NOT FOUND THEN
    INSERT INTO public.content_version (changes) VALUES (1);
  END IF;
  PERFORM set_config('bloggy.content_changed', 'yes', true);
  RETURN NULL;
END $$;
"""

COUNTER_BACK = """
DROP FUNCTION public.content_changed();
DROP TABLE public.content_version;
"""

# The connection keeps a function's plan; the statement by itself would be planned for every request. In one text: the
# version, a bar, the seconds until the next scheduled post (or nothing).
VERSION = """
CREATE FUNCTION public.content_version() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), min(tableoid), (
      SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()
    ), sum(changes), (
      SELECT extract(epoch FROM published_at) FROM public.blog_post WHERE published_at <= statement_timestamp()
        ORDER BY published_at DESC, id DESC LIMIT 1
    )) || '|' || coalesce((
      SELECT extract(epoch FROM published_at - statement_timestamp()) FROM public.blog_post
        WHERE published_at > statement_timestamp() ORDER BY published_at, id LIMIT 1
    )::text, '')
    FROM public.content_version
  );
END $$;
"""
VERSION_BACK = "DROP FUNCTION public.content_version()"

ANY_CHANGE = "INSERT OR UPDATE OR DELETE"
WATCHED = {
    "blog_post": ANY_CHANGE,
    "blog_posttag": ANY_CHANGE,
    "blog_postslug": ANY_CHANGE,
    "blog_tag": ANY_CHANGE,
    "blog_comment": ANY_CHANGE,
    "accounts_user": "UPDATE OF first_name, last_name, bio OR DELETE",  # not each log-in
}


def watch(table, events):
    """Return the operation that lets a table's changes move the version, in sessions without other triggers too."""
    triggers = {"content_changed": events, "content_emptied": "TRUNCATE"}
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER {name} AFTER {when} ON public.{table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION public.content_changed(); ALTER TABLE public.{table} ENABLE ALWAYS TRIGGER {name}"
            for name, when in triggers.items()
        ],
        [f"DROP TRIGGER {name} ON public.{table}" for name in triggers],
    )


class Migration(migrations.Migration):
    dependencies = [("blog", "0006_keep_address_of_withdrawn"), ("accounts", "0002_user_bio")]

    operations = [
        migrations.RunSQL([COUNTER, COUNT], COUNTER_BACK),
        migrations.RunSQL(VERSION, VERSION_BACK),
        *(watch(table, events) for table, events in WATCHED.items()),
    ]
