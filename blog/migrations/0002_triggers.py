"""What the database keeps right by itself, whoever writes: the admin, loaddata, an import, SQL by hand.

The functions name the schema, because pg_restore runs them with an empty search_path.
"""

from django.db import migrations

# FOR SHARE waits for a save that is changing the date at the same moment, and makes a later one wait for us.
POSTTAG_DATE = """
CREATE FUNCTION public.blog_posttag_take_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT post.published_at INTO NEW.published_at FROM public.blog_post post WHERE post.id = NEW.post_id FOR SHARE;
  RETURN NEW;
END $$;
CREATE TRIGGER blog_posttag_take_date BEFORE INSERT OR UPDATE ON public.blog_posttag
  FOR EACH ROW EXECUTE FUNCTION public.blog_posttag_take_date();
"""
POSTTAG_DATE_BACK = """
DROP TRIGGER blog_posttag_take_date ON public.blog_posttag;
DROP FUNCTION public.blog_posttag_take_date();
"""

# At INSERT too: a fixture may bring a post's tags before the post.
POST_DATE = """
CREATE FUNCTION public.blog_post_give_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.blog_posttag link SET published_at = NEW.published_at
    WHERE link.post_id = NEW.id AND link.published_at IS DISTINCT FROM NEW.published_at;
  RETURN NULL;
END $$;
CREATE TRIGGER blog_post_give_date_new AFTER INSERT ON public.blog_post
  FOR EACH ROW EXECUTE FUNCTION public.blog_post_give_date();
CREATE TRIGGER blog_post_give_date_changed AFTER UPDATE OF published_at ON public.blog_post
  FOR EACH ROW WHEN (OLD.published_at IS DISTINCT FROM NEW.published_at)
  EXECUTE FUNCTION public.blog_post_give_date();
"""
POST_DATE_BACK = """
DROP TRIGGER blog_post_give_date_new ON public.blog_post;
DROP TRIGGER blog_post_give_date_changed ON public.blog_post;
DROP FUNCTION public.blog_post_give_date();
"""

# A link to a post that readers have seen leads to it for ever; a draft's address was never public.
FORMER_SLUG = """
CREATE FUNCTION public.blog_post_keep_slug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.blog_postslug (slug, post_id) VALUES (OLD.slug, NEW.id)
    ON CONFLICT (slug) DO UPDATE SET post_id = excluded.post_id;
  RETURN NULL;
END $$;
CREATE TRIGGER blog_post_keep_slug AFTER UPDATE OF slug ON public.blog_post
  FOR EACH ROW WHEN (OLD.slug IS DISTINCT FROM NEW.slug AND OLD.published_at <= statement_timestamp())
  EXECUTE FUNCTION public.blog_post_keep_slug();
"""
FORMER_SLUG_BACK = """
DROP TRIGGER blog_post_keep_slug ON public.blog_post;
DROP FUNCTION public.blog_post_keep_slug();
"""


class Migration(migrations.Migration):
    dependencies = [("blog", "0001_initial")]

    operations = [
        migrations.RunSQL(POSTTAG_DATE, POSTTAG_DATE_BACK),
        migrations.RunSQL(POST_DATE, POST_DATE_BACK),
        migrations.RunSQL(FORMER_SLUG, FORMER_SLUG_BACK),
    ]
