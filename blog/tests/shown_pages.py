"""Every kind of page that a reader can come to, with all that can stand on it; for the tools that look at pages."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.tokens import default_token_generator
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from blog.models import Comment
from blog.tests.factories import NOON, CommentFactory, PostFactory, TagFactory, UserFactory

BODY = """Some *words*, some **strong** ones, `code`, a [link](https://example.com/) and a footnote.[^1]

## A first part

> A quote of somebody, **who** said `much`.

1. One
2. Two
   - and a half

- [x] Done
- [ ] To do

| City | Nights | Price |
|:-----|:------:|------:|
| Oulu |   2    |   120 |
| `a_very_long_name_of_a_place_that_has_no_space` | 3 | `another_long_name_so_that_the_table_is_wide` |

### A smaller part

```python
@decorated
class Counter(dict):  # a comment
    def count(self, word, times=1.5):
        return "text %s" % word if word else None  # longer than any phone is wide, so it has to scroll
```

```html
<p class="a">&amp; text</p>
```

![A drawing of a leaf](/static/icon-512.png)

## A second part

---

مرحبا بكم. ~~Gone~~, and again.[^1][^long]

## A third part

The end.

[^1]: The first note.
[^long]: The second note, with `code`.
"""


class Blog:
    """A blog of some posts with everything on them, and those who come to it."""

    def __init__(self):
        self.author = UserFactory(first_name="Ada", last_name="Byron", bio="Writes about bread.\n\nAnd rain.")
        self.tag, more = TagFactory(name="Baking", slug="baking"), TagFactory(name="خبز", slug="خبز")
        body = "Tomato and salt. " * 30
        posts = PostFactory.create_batch(24, title="Bread", body=body, author=self.author, tags=[self.tag])
        featured = PostFactory(author=self.author, is_featured=True, tags=[self.tag, more], published_at=NOON)
        self.post = PostFactory(title="<b>Newest</b> & best", slug="newest", body=BODY, tags=[self.tag, more])
        self.closed = PostFactory(slug="closed", body="مرحبا", comments_open=False, author=self.author)
        self.draft = PostFactory(slug="draft", draft=True, author=self.author)
        self.old = posts[0]
        self.reader, self.editor = UserFactory(bio="Reads."), UserFactory(superuser=True)
        self.comment = CommentFactory(post=self.post, author=self.reader, body="Well *said*: `yes`.\n\n> A quote")
        CommentFactory(post=self.post, author=self.post.author, body="Thank you.")
        CommentFactory(post=self.post, author=self.reader, body="Gone.", state=Comment.State.REMOVED)
        CommentFactory(post=featured, body="A tomato in a comment.")

    def pages(self):
        """Return the answers by the names of their pages."""
        return self.readers_pages() | self.pages_of_accounts() | self.pages_of_forms() | self.error_pages()

    def readers_pages(self):
        post, author = self.post.get_absolute_url(), reverse("blog:author_detail", args=[self.author.pk, "ada-byron"])
        visitor, reader, editor = Client(), as_user(self.reader), as_user(self.editor)
        older = f"before={visitor.get('/').context['page'].before}"
        filters = visitor.get("/search/?q=tomato").context["results"].filters
        narrowed = next(choices for _name, choices in filters if choices)[0]
        addresses = {
            "front page": "/",
            "later page": f"/?{older}",
            "beyond the last page": "/?before=0-0",
            "post": post,
            "post with closed comments": self.closed.get_absolute_url(),
            "post among others": self.old.get_absolute_url(),
            "beyond the last comment": f"{post}?after=9999999999999999-1",
            "tag": self.tag.get_absolute_url(),
            "later page of a tag": f"{self.tag.get_absolute_url()}?{older}",
            "tags": "/tags/",
            "author": author,
            "archive": "/archive/",
            "year": "/archive/2024/",
            "month": "/archive/2024/5/",
            "search": "/search/",
            "results": "/search/?q=tomato",
            "narrowed results": f"/search/{narrowed.address}",
            "a later page of results": "/search/?q=tomato&page=2",
            "results of a beginning": "/search/?q=toma",
            "nothing found but a near word": "/search/?q=brexd",
            "nothing found": "/search/?q=zzyzx&tag=baking",
            "nothing to look for": "/search/?q=the",
            "no such page": "/nope/",
        }
        shown = {name: visitor.get(address) for name, address in addresses.items()}
        return shown | {
            "front page of a reader": reader.get("/"),
            "post of a reader": reader.get(post),
            "post of an editor": editor.get(post),
            "draft": editor.get(self.draft.get_absolute_url()),
        }

    def pages_of_accounts(self):
        visitor, reader = Client(), as_user(self.reader)
        uid, token = urlsafe_base64_encode(force_bytes(self.reader.pk)), default_token_generator.make_token(self.reader)
        link, wrong = ({"uidb64": uid, "token": token} for token in (token, "x-y"))
        names = ["login", "signup", "logout", "password_reset", "password_reset_done", "password_reset_complete"]
        shown = {name: visitor.get(reverse(name)) for name in names}
        own = ["profile", "password_change", "password_change_done", "logout"]
        shown |= {f"{name} of a reader": reader.get(reverse(name)) for name in own}
        return shown | {
            "login with errors": visitor.post(reverse("login"), {"username": "a@example.com", "password": "b"}),
            "signup with errors": visitor.post(reverse("signup"), {"email": "a", "password1": "1", "password2": "2"}),
            "profile with errors": reader.post(reverse("profile"), {"bio": "x" * 1001}),
            "a new password": visitor.get(reverse("password_reset_confirm", kwargs=link), follow=True),
            "a used link": visitor.get(reverse("password_reset_confirm", kwargs=wrong)),
            "logged out": as_user(self.reader).post(reverse("logout")),
        }

    def pages_of_forms(self):
        visitor, reader = Client(), as_user(self.reader)
        new, closed = (reverse("blog:comment_new", args=[post.slug]) for post in (self.post, self.closed))
        return {
            "comment that is too long": reader.post(new, {"body": "x" * 5001}),
            "comment of a visitor": visitor.post(new, {"body": "My words."}),
            "comment on a closed post": reader.post(closed, {"body": "My words."}),
            "comment to delete": reader.get(reverse("blog:comment_delete", args=["newest", self.comment.pk])),
            "form to send again": visitor.post(reverse("admin:blog_post_add"), {"title": "Mine", "body": "Words."}),
        }

    def error_pages(self):
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        return {f"error {name}": render(request, f"{name}.html") for name in ERRORS}


ERRORS = ["400", "403", "403_csrf", "404", "413", "500", "503"]


def as_user(user):
    """Return a client that is logged in."""
    client = Client()
    client.force_login(user)
    return client
