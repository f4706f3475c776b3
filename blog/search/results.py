"""A page of what was found, best first, with the counts of the filters."""

from collections import Counter
from dataclasses import dataclass, field
from math import ceil
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchRank
from django.db.models import BigIntegerField, Count, F, Subquery, Value
from django.utils import timezone

from accounts.models import User
from blog.models import Comment, Post, PostTag, Tag
from blog.search.matches import MOST, newest_matches
from blog.search.snippets import marked_text, marked_title, pieces

PAGE = 10
MOST_PAGES = MOST // PAGE
MOST_CHOICES = 8  # of a filter
WEIGHTS = [0.1, 0.1, 0.01, 1.0]  # of D (comments), C, B (texts), A (titles): a word in a title outweighs any text


@dataclass(frozen=True)
class Search:
    """What an address asks for; as the form has it, so all of it is bounded."""

    q: str
    tag: str = ""
    author: int | None = None
    year: int | None = None
    page: int = 1

    def address(self, **changes):
        """Return the address of this search with some things else, from its first page on."""
        asked = {"q": self.q, "tag": self.tag, "author": self.author, "year": self.year} | changes
        if asked.get("page") == 1:
            del asked["page"]
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    @property
    def is_narrowed(self):
        return bool(self.tag or self.author or self.year)

    @property
    def everywhere(self):
        """The address without the filters."""
        return Search(self.q).address()

    def posts(self):
        """Return the posts that the filters leave, and the fields of the index that sorts them newest first."""
        posts, order = Post.objects.published(), ("-published_at", "-id")
        if self.tag:
            posts = posts.tagged(Subquery(Tag.objects.filter(slug=self.tag).values("pk")))
            order = tuple(f"-{key}" for key in Post.TAGGED_KEYS)
        if self.author:
            posts = posts.filter(author=self.author)
        if self.year:
            posts = posts.filter(published_at__year=self.year)
        return posts, order


@dataclass
class Hit:
    """A post that matches, or one of whose comments does."""

    id: int
    published_at: object
    author_id: int
    rank: float = -1  # none of its own: a comment alone matches
    comment_rank: float = -1
    comment_id: int | None = None


@dataclass(frozen=True)
class Choice:
    """A value of a filter, how many of the hits have it, and the address that chooses it, or that gives it up."""

    text: str
    count: int
    address: str
    is_chosen: bool


@dataclass
class Results:
    count: int = 0
    is_more: bool = False  # there are more than are counted
    rows: list = field(default_factory=list)  # posts with title_pieces, text_pieces and found_comment
    filters: list = field(default_factory=list)  # (name, choices)
    newer: str = ""  # addresses of the neighbouring pages
    older: str = ""


def find(search, query):
    """Return the Results of a query within a search's filters, in five queries, or one where there are none."""
    hits, is_more = newest_hits(search, query)
    if not hits:
        return Results()
    end = search.page * PAGE
    return Results(
        count=len(hits),
        is_more=is_more,
        filters=filters_of(search, hits),
        rows=shown(sorted(hits, key=best_first)[end - PAGE : end], query),
        newer=search.address(page=min(search.page - 1, ceil(len(hits) / PAGE))) if search.page > 1 else "",
        older=search.address(page=search.page + 1) if len(hits) > end else "",
    )


def newest_hits(search, query):
    """Return the hits, the newest MOST of them, and whether there are more; in one query."""
    posts, order = search.posts()
    comments = Comment.objects.visible()
    rank = SearchRank(F("search"), query, weights=WEIGHTS)
    of_posts = (
        Post.objects.published()
        .filter(pk__in=newest_matches(posts, query, order, search.author))
        .values_list("pk", "published_at", "author_id", rank, Value(None, BigIntegerField()))
    )
    of_comments = comments.filter(pk__in=newest_matches(comments, query, ["-id"]), post__in=posts).values_list(
        "post_id", "post__published_at", "post__author_id", rank, "pk"
    )
    hits, matches = {}, Counter()
    for pk, published_at, author_id, rank, comment_id in of_posts.union(of_comments, all=True):
        hit = hits.setdefault(pk, Hit(pk, published_at, author_id))
        matches[comment_id is None] += 1
        if comment_id is None:
            hit.rank = rank
        elif (rank, comment_id) > (hit.comment_rank, hit.comment_id or 0):
            hit.comment_rank, hit.comment_id = rank, comment_id
    is_more = len(hits) > MOST or max(matches.values(), default=0) > MOST
    return sorted(hits.values(), key=newest_first)[:MOST], is_more


def newest_first(hit):
    return -hit.published_at.timestamp(), -hit.id


def best_first(hit):
    return -hit.rank, -hit.comment_rank, *newest_first(hit)


def filters_of(search, hits):
    """Return (name, choices) for each filter, the most frequent values first, in two queries."""
    tags = (
        PostTag.objects.filter(post__in=[hit.id for hit in hits])
        .values_list("tag__slug", "tag__name")
        .annotate(number=Count("id"))
        .order_by("-number", "tag__name")[:MOST_CHOICES]
    )
    authors = Counter(hit.author_id for hit in hits).most_common(MOST_CHOICES)
    names = User.objects.only("first_name", "last_name").in_bulk([pk for pk, _number in authors])
    years = Counter(timezone.localtime(hit.published_at).year for hit in hits)
    found = {
        "tag": list(tags),
        "author": [(pk, names[pk].public_name, number) for pk, number in authors if pk in names],
        "year": [(year, str(year), number) for year, number in sorted(years.items(), reverse=True)[:MOST_CHOICES]],
    }
    return [(name, [choice(search, name, *row) for row in rows]) for name, rows in found.items()]


def choice(search, name, value, text, count):
    is_chosen = getattr(search, name) == value
    return Choice(text, count, search.address(**{name: None if is_chosen else value}), is_chosen)


def shown(hits, query):
    """Return the posts of some hits, with what was found in them and in their comments, in two queries."""
    posts = (
        Post.objects.published()
        .select_related("author")
        .defer("body", "body_html")
        .annotate(title_marked=marked_title(query), text_marked=marked_text(query))
        .in_bulk([hit.id for hit in hits])
    )
    comments = (
        Comment.objects.visible()
        .select_related("author")
        .defer("body", "body_html")
        .annotate(text_marked=marked_text(query))
        .in_bulk([hit.comment_id for hit in hits if hit.comment_id])
    )
    for hit in hits:
        if (post := posts.get(hit.id)) and (comment := comments.get(hit.comment_id)):
            comment.post = post  # its address needs it
            comment.text_pieces = pieces(comment.text_marked, is_html=True)
            post.found_comment = comment
    for post in posts.values():
        post.title_pieces = pieces(post.title_marked)
        parts = pieces(post.text_marked, is_html=True)
        post.text_pieces = parts if any(found for _words, found in parts) else pieces(post.excerpt)
    return [posts[hit.id] for hit in hits if hit.id in posts]
