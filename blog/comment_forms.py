"""The form for what readers write."""

from django import forms
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from blog import markdown
from blog.models import Comment
from blog.models.comments import MAX_BODY
from blog.models.texts import BodyFormat
from bloggy.text import is_visible


class CommentForm(forms.ModelForm):
    """A comment; its model bounds the length, without cutting what is pasted."""

    class Meta:
        model = Comment
        fields = ["body"]
        labels = {"body": _("Your comment")}
        help_texts = {
            "body": _("*emphasis*, `code`, > quote, [words](https://address). At most 5,000 characters."),
        }
        error_messages = {"body": {"required": _("Write something first.")}}
        widgets = {"body": forms.Textarea({"rows": 6, "dir": "auto"})}

    def clean_body(self):
        body = normalize_newlines(self.cleaned_data["body"])
        if len(body) > MAX_BODY:
            return body  # the model refuses it; rendering it first would cost without a bound
        if not is_visible(markdown.text_of(markdown.render_comment(body, BodyFormat.MARKDOWN))):
            raise forms.ValidationError(_("Nobody could see this comment: it has no letter, digit or sign."))
        return body
