"""Posts and the addresses they had."""

from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog import markdown, roles, slugs
from blog.addresses import address
from blog.models.search_keys import post_keys
from blog.models.tags import Tag
from blog.models.texts import UNSEEN_OF_AUTHOR, BodyFormat, body_vector, search_field, weighed
from bloggy.rows import Texts, from_db
from bloggy.text import is_visible

MAX_BODY = 200_000  # characters of Markdown; the worst of 45 hostile kinds takes 7 s to render
AGAIN = timedelta(seconds=10)  # a new post of the same title and text within it is a double click
MOST_FEATURED = 3  # shown at once
WORDS_A_MINUTE = 230  # silent reading of English: 228 (Trauzettel-Klosinski and Dietz 2012), 238 (Brysbaert 2019)
PUBLISHED = Q(published_at__lte=Now())  # by PostgreSQL's clock: every instance agrees


class PostQuerySet(models.QuerySet):
    def published(self):
        return self.filter(PUBLISHED)

    def tagged(self, tag):
        """Return the published posts with a tag.

        To be paged by TAGGED_KEYS, columns of PostTag's own index: the plain join reads every
        newer post before it finds one with an old tag.
        """
        return self.filter(post_tags__tag=tag, post_tags__published_at__lte=Now()).alias(
            tagged_at=F("post_tags__published_at"), tagged_id=F("post_tags__post_id")
        )

    def at(self, slug):
        """Return the post of an address, today's or a former one, or None."""
        return self.filter(slug=slug).first() or self.formerly_at(slug)

    def formerly_at(self, slug):
        """Return the post that had an address before, or None."""
        return self.filter(former_slugs__slug=slug).first()

    def twin_of(self, post):
        """Return the post that was stored a moment ago with the same title and text, or None."""
        since = timezone.now() - AGAIN
        return self.filter(title=post.title, body=post.body, created_at__gt=since, updated_at__gt=since).first()

    def for_listing(self):
        """Load what a post card shows in one query, however many posts."""
        unseen = ("body", "body_html", "body_format", "renderer", "summary", "search", *UNSEEN_OF_AUTHOR)
        return self.select_related("author").defer(*unseen).with_tags()

    def for_page(self):
        """Load what a post's own page shows in one query; its text is the HTML."""
        unseen = ("body", "summary", "search", *UNSEEN_OF_AUTHOR)
        return self.select_related("author").defer(*unseen).with_tags().with_state()

    def for_titles(self):
        """Load what a list of titles shows in one query."""
        shown = ("title", "slug", "published_at", "author__first_name", "author__last_name")
        return self.select_related("author").only(*shown)

    def with_tags(self):
        """Load what pages show of the tags, in the posts' own query; prefetch_related() would be another one."""
        tags = Tag.objects.filter(posts=OuterRef("pk")).values_list(Texts("pk", "name", "slug"))
        return self.annotate(loaded_tags=ArraySubquery(tags))

    def with_state(self):
        """Load whether posts are due by the clock of published(), which their state then goes by."""
        return self.annotate(is_due=models.ExpressionWrapper(PUBLISHED, models.BooleanField()))

    def featured(self):
        """Return the few posts that stand first on the first page."""
        return self.filter(is_featured=True).order_by("-published_at", "-pk")[:MOST_FEATURED]

    def editable_by(self, user):
        """Return the posts that a user may handle in the admin."""
        return self.filter(roles.handled_posts(user))

    def readable_by(self, user):
        """Return the posts that a user may read: the published ones, and those that they may handle."""
        return self.filter(PUBLISHED | roles.handled_posts(user))


class PostManager(models.Manager.from_queryset(PostQuerySet)):
    def get_queryset(self):
        return super().get_queryset().defer("search")  # as long as the text itself, and never shown

    def next_id(self):
        """Take an id from the sequence, for a post whose address needs it before it is stored."""
        with connection.cursor() as cursor:  # the ORM has no nextval()
            cursor.execute("SELECT nextval(pg_get_serial_sequence('blog_post', 'id'))")
            return cursor.fetchone()[0]


class Post(models.Model):
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts", verbose_name=_("author"), db_index=False
    )
    title = models.CharField(_("title"), max_length=512)
    slug = models.SlugField(
        _("address"),
        max_length=slugs.MAX_LENGTH,
        unique=True,
        allow_unicode=True,
        help_text=_("The last part of the post's address. Links to a former one lead to the new one."),
    )
    body = models.TextField(_("text"), blank=True)
    body_format = models.CharField(_("format"), max_length=8, choices=BodyFormat, default=BodyFormat.MARKDOWN)
    body_html = models.TextField(editable=False, blank=True)
    renderer = models.PositiveSmallIntegerField(editable=False, default=0)
    words = models.PositiveIntegerField(_("words"), editable=False, default=0)
    summary = models.TextField(
        _("summary"), max_length=1000, blank=True, help_text=_("What lists show; empty: the text's first words.")
    )
    excerpt = models.TextField(editable=False, blank=True)
    tags = models.ManyToManyField(Tag, through="PostTag", related_name="posts", verbose_name=_("tags"), blank=True)
    published_at = models.DateTimeField(
        _("published"), null=True, blank=True, help_text=_("Empty: a draft. In the future: shown from then on.")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    comments_open = models.BooleanField(_("comments open"), default=True)
    is_featured = models.BooleanField(
        _("featured"),
        default=False,
        db_default=False,
        help_text=_("Stands first on the first page; of several, the three newest ones."),
    )
    version = models.PositiveIntegerField(editable=False, default=1)
    search = search_field(weighed("title", "A") + body_vector("B"))

    objects = PostManager()
    from_db = classmethod(from_db)

    TAGGED_KEYS = ("tagged_at", "tagged_id")
    is_due = None  # with_state() loads it
    loaded_tags = None  # with_tags()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        base_manager_name = "objects"
        permissions = [("edit_any_post", "Can change the posts of others")]  # kept as data, as Django's own are
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="blog_post_newest"),
            models.Index(fields=["author", "-published_at", "-id"], name="blog_post_author_newest"),
            models.Index(fields=["-published_at", "-id"], name="blog_post_featured", condition=Q(is_featured=True)),
            # For the admin's filters, of which the others find enough among the newest posts.
            models.Index(fields=["-published_at", "-id"], name="blog_post_closed", condition=Q(comments_open=False)),
            models.Index(fields=["-published_at", "-id"], name="blog_post_plain", condition=Q(body_format="plain")),
            GinIndex("search", post_keys(), name="blog_post_words", fastupdate=False),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="blog_post_title_not_empty",
                violation_error_message=_("A post needs a title."),
            ),
            models.CheckConstraint(
                condition=Q(slug__regex="[^0-9]"),
                name="blog_post_slug_not_a_number",
                violation_error_message=_("An address of digits alone is that of an old post: add a word."),
            ),
            models.CheckConstraint(condition=slugs.IN_ADDRESS, name="blog_post_slug_in_address"),
            models.CheckConstraint(condition=Q(body_format__in=BodyFormat.values), name="blog_post_body_format"),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, update_fields=None, **kwargs):
        """Render, then store; what is rendered is stored with any part of it."""
        self.render()
        if not self._state.adding:
            self.version += 1
        if update_fields is not None:
            update_fields = {*update_fields, "body_html", "renderer", "words", "excerpt", "version", "updated_at"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self):
        return address("blog:post_detail", self.slug)

    @property
    def author_address(self):
        """Return the path of the page of its author's posts."""
        return address("blog:author_detail", self.author_id, self.author.public_slug)

    def render(self):
        """Set what follows from the text: body_html, renderer, words and excerpt. Who writes in bulk calls this."""
        rendered = markdown.render(self.body, self.body_format)
        self.body_html, self.renderer, self.words = rendered.html, markdown.RENDERER, rendered.words
        self.excerpt = " ".join(self.summary.split()) or rendered.excerpt

    @property
    def html(self):
        """The text as trusted HTML; rendered now where a row was written without it."""
        if not self.renderer:
            self.render()
        return markdown.trusted(self.body_html)

    @cached_property
    def shown_tags(self):
        """The tags by their names, as they were when first asked for; with_tags() loads them with the post."""
        if self.loaded_tags is None:
            return list(self.tags.all())
        names = "id", "name", "slug"
        return [Tag.from_db(self._state.db, names, (int(pk), *texts)) for pk, *texts in self.loaded_tags]

    @property
    def minutes(self):
        """Return how long reading takes, in minutes, at least one."""
        return max(1, round(self.words / WORDS_A_MINUTE))

    @property
    def changed_at(self):
        """Return when a published post last became another for readers: when it was saved, or its time came."""
        return max(self.updated_at, self.published_at)

    @property
    def updated_on(self):
        """Return when a post last changed, if that was on a later day than it was written and published; else None."""
        if self.published_at is None:
            return None
        first = max(self.created_at, self.published_at)
        return self.updated_at if timezone.localdate(self.updated_at) > timezone.localdate(first) else None

    @property
    def state(self):
        """Return draft, scheduled or published; without with_state() by this machine's clock, and for show only."""
        if self.published_at is None:
            return "draft"
        is_due = self.published_at <= timezone.now() if self.is_due is None else self.is_due
        return "published" if is_due else "scheduled"

    @property
    def takes_comments(self):
        """Tell whether readers may comment on it now."""
        return self.comments_open and self.state == "published"

    def choose_slug(self):
        """Give a post without an address the first free one that its title asks for.

        A title that gives none asks for `post-<id>`, so the id is then taken from its sequence.
        """
        if self.slug:
            return
        if self.pk is None:
            self.pk = Post.objects.next_id()
        wanted = slugs.slug_of(self.title, self.pk)
        self.slug = slugs.first_free(wanted, taken_slugs(slugs.stem(wanted)).__contains__)

    def clean(self):
        """Ask for a title that can be read, and bound what is rendered anew; an old plain text is as long as it is."""
        if self.title and not is_visible(self.title):
            raise ValidationError({"title": _("This title has invisible characters only: write one that can be read.")})
        if self.body_format != BodyFormat.MARKDOWN:
            return
        if len(self.body) > MAX_BODY:
            message = _(
                "The text has %(length)s characters; at most %(limit)s can be rendered. Split it into two posts."
            )
            raise ValidationError({"body": message % {"length": len(self.body), "limit": MAX_BODY}})
        if not markdown.render(self.body, self.body_format).is_whole:
            raise ValidationError(
                {"body": _("The links and pictures in this text are too many or too long: use fewer.")}
            )


class PostSlug(models.Model):
    """A post's former address; a trigger (migrations 0002, 0006) keeps it when that of a published post changes."""

    slug = models.SlugField(_("former address"), max_length=slugs.MAX_LENGTH, unique=True, allow_unicode=True)
    post = models.ForeignKey(Post, models.CASCADE, related_name="former_slugs", verbose_name=_("post"))

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self):
        return self.slug


def taken_slugs(stem):
    """Return the set of addresses that begin with a stem and belong to a post, today's and former ones."""
    return {
        slug
        for model in (Post, PostSlug)
        for slug in model.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    }
