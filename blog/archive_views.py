"""The archive: the published posts by year and month, in the site's time zone."""

from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, F, Func
from django.db.models.expressions import RawSQL
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog.addresses import address
from blog.filled_pages import filled
from blog.kept_pages import PAGED, kept
from blog.models import Post
from blog.pages import page_of
from blog.views import cursors

TITLES_A_PAGE = 50
# Month by month along the index: grouping all posts by their truncated dates takes six times as long.
MONTHS = """
SELECT month AT TIME ZONE %s, number
FROM generate_series(
  date_trunc('month', coalesce(%s::timestamptz, (SELECT min(published_at) FROM blog_post)) AT TIME ZONE %s),
  coalesce(%s::timestamptz, statement_timestamp()) AT TIME ZONE %s, '1 month'
) AS month CROSS JOIN LATERAL ({}) AS posts (number)
WHERE number > 0 ORDER BY month DESC
"""


@kept()
@filled
@require_safe
def archive(request):
    """Show how many posts each month and each year has."""
    of_each_year = groupby(months_with_posts(), lambda row: row["month"].year)
    years = [(months, total(months)) for months in (list(months) for _year, months in of_each_year)]
    return render(request, "blog/archive.html", {"years": years})


@kept(*PAGED)
@filled
@require_safe
def archive_year(request, year):
    """Show the titles of a year's posts, and its months."""
    start, end = period(int(year))
    months = months_with_posts(start.year)
    if not months:
        raise Http404("No post was published in this year.")
    context = {"start": start, "months": months, "number": total(months)}
    return render(request, "blog/archive_year.html", context | titles(request, start, end))


@kept(*PAGED)
@filled
@require_safe
def archive_month(request, year, month):
    """Show the titles of a month's posts, and the other months of its year."""
    start, end = period(int(year), int(month))
    if month != str(start.month):
        return redirect("blog:archive_month", year, start.month, permanent=True)
    months = months_with_posts(start.year)
    number = next((row["number"] for row in months if row["month"] == start), 0)
    if not number:
        raise Http404("No post was published in this month.")
    context = {"start": start, "months": months, "number": number}
    return render(request, "blog/archive_month.html", context | titles(request, start, end))


def period(year, month=None):
    """Return the beginning of a year or a month, and that of the next one; raises Http404 for what is none."""
    try:
        start = datetime(year, 1 if month is None else month, 1)
        end = datetime(year + 1, 1, 1) if month in (None, 12) else datetime(year, month + 1, 1)
    except ValueError:
        raise Http404("No such date.") from None
    return timezone.make_aware(start), timezone.make_aware(end)


def posts_in(start, end):
    return Post.objects.published().filter(published_at__gte=start, published_at__lt=end)


def months_with_posts(year=None):
    """Return {"month": its beginning, "number": of posts, "address": its page's} for each month, newest first.

    It is one query, and leaves out the months without a post.
    """
    zone = settings.TIME_ZONE
    first, last = (period(year, month)[0] if year else None for month in (1, 12))
    begin, end = (
        RawSQL(f"({moment} AT TIME ZONE %s)", [zone], DateTimeField())
        for moment in ("month", "(month + interval '1 month')")
    )
    counted = posts_in(begin, end).annotate(number=Func(F("pk"), function="COUNT")).values("number")
    statement, params = counted.query.sql_with_params()
    with connection.cursor() as cursor:  # the ORM has no generate_series()
        cursor.execute(MONTHS.format(statement), [zone, first, zone, last, zone, *params])
        found = [(timezone.localtime(month), number) for month, number in cursor.fetchall()]
    return [
        {"month": month, "number": number, "address": address("blog:archive_month", f"{month.year:04}", month.month)}
        for month, number in found
    ]


def total(months):
    return sum(month["number"] for month in months)


def titles(request, start, end):
    """Return the page of posts that the address asks for, as a template's context."""
    return {"page": page_of(posts_in(start, end).for_titles(), TITLES_A_PAGE, **cursors(request))}
