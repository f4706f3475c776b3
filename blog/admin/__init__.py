"""The admin for posts, tags and comments; who may handle what is said by blog/roles.py."""

from blog.admin.comments import CommentAdmin
from blog.admin.posts import PostAdmin
from blog.admin.tags import TagAdmin

__all__ = ["CommentAdmin", "PostAdmin", "TagAdmin"]
