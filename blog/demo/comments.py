"""Writing the demo's comments."""

from functools import cache

from django.db import transaction
from django.db.models import Count, Max, Q

from blog.demo import plan
from blog.demo.rows import BATCH, BY_DEMO_PEOPLE, take_turn
from blog.models import Comment, Post


def add_comments(total, people, progress):
    """Write demo comments until there are so many, on any of the demo posts; without a demo post there are none.

    people holds accounts by Person's key; progress is called with the rows of each batch.
    """
    posts, written = Post.objects.filter(BY_DEMO_PEOPLE).count(), total
    while posts and written:
        with transaction.atomic():
            take_turn()
            there = Comment.objects.filter(BY_DEMO_PEOPLE).count()
            written = write_comments(range(there, min(there + BATCH, total)), posts, people)
        progress(written)


def write_comments(numbers, posts, people):
    """Write the comments of those numbers on the first `posts` demo posts; return how many.

    A comment falls away when its post was deleted or got another date.
    """
    indexes = [plan.commented_post(number, posts) for number in numbers]
    threads = threads_of(set(indexes))
    comments = [
        threads[index].add(number, people) for number, index in zip(numbers, indexes, strict=True) if index in threads
    ]
    for is_reply in (False, True):  # a reply is stored with the id of the comment that it answers
        Comment.objects.bulk_create(comment for comment in comments if bool(comment.parent) == is_reply)
    return len(comments)


def threads_of(indexes):
    """Return a Thread for each index whose post is there."""
    dates = {plan.published_at(index): index for index in indexes}
    posts = Post.objects.filter(BY_DEMO_PEOPLE, published_at__in=dates).only("author", "published_at")
    said = lengths_of(posts)
    return {
        index: Thread(index, post, *said.get(post.pk, (0, None)))
        for post in posts
        for index in [dates[post.published_at]]
    }


def lengths_of(posts):
    """Return {post's id: (how many demo comments it has, the id of the last that is no reply)}, without the zeros."""
    comments = Comment.objects.filter(BY_DEMO_PEOPLE, post__in=[post.pk for post in posts]).values_list("post")
    rows = comments.annotate(length=Count("id"), last=Max("id", filter=Q(parent=None)))
    return {post: (length, last) for post, length, last in rows}


class Thread:
    """The demo's comments on one post: how many, and the last one that is no reply."""

    def __init__(self, index, post, length, last_id):
        self.index, self.post, self.length = index, post, length
        self.last = last_id and Comment(pk=last_id)

    def add(self, number, people):
        """Return the next Comment, not yet stored; the number decides on its reader and time."""
        remark = plan.remark(self.index, self.length)
        comment = Comment(
            post=self.post,
            author_id=self.post.author_id if remark.is_reply else people[plan.reader(number).key].pk,
            parent=self.last if remark.is_reply else None,
            body=remark.text,
            body_html=rendered(remark.text),
            created_at=plan.commented_at(self.post.published_at, number, self.length),
        )
        self.length += 1
        if not remark.is_reply:
            self.last = comment
        return comment


@cache
def rendered(text):
    comment = Comment(body=text)
    comment.render()
    return comment.body_html
