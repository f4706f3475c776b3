"""A post that is withdrawn keeps its address as well: it may get another one before it is published again."""

from django.db import migrations

KEEP = """
CREATE OR REPLACE TRIGGER blog_post_keep_slug AFTER UPDATE OF slug, published_at ON public.blog_post
  FOR EACH ROW WHEN (
    OLD.published_at <= statement_timestamp()
    AND (OLD.slug IS DISTINCT FROM NEW.slug OR (NEW.published_at <= statement_timestamp()) IS NOT TRUE)
  )
  EXECUTE FUNCTION public.blog_post_keep_slug();
"""
KEEP_BACK = """
CREATE OR REPLACE TRIGGER blog_post_keep_slug AFTER UPDATE OF slug ON public.blog_post
  FOR EACH ROW WHEN (OLD.slug IS DISTINCT FROM NEW.slug AND OLD.published_at <= statement_timestamp())
  EXECUTE FUNCTION public.blog_post_keep_slug();
"""


class Migration(migrations.Migration):
    dependencies = [("blog", "0005_indexes_of_words")]

    operations = [migrations.RunSQL(KEEP, KEEP_BACK)]
