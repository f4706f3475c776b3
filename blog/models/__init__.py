"""Posts, their tags, addresses and comments."""

from blog.models.comments import Comment
from blog.models.post_tags import PostTag
from blog.models.posts import Post, PostSlug
from blog.models.tags import Tag
from blog.models.texts import BodyFormat

__all__ = ["BodyFormat", "Comment", "Post", "PostSlug", "PostTag", "Tag"]
