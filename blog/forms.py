"""Forms for what authors write."""

from collections import Counter
from typing import NamedTuple

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import display_for_field
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from blog import roles
from blog.models import Post, PostSlug, Tag
from blog.widgets import AutocompleteSelectMultiple
from bloggy.locks import take_turn

MOST_TAGS = 50
TAGS = Post._meta.get_field("tags")


class AuthorField(forms.ModelChoiceField):
    """A choice among accounts by their names; who shares a name is told apart by the account's number."""

    @cached_property
    def shared_names(self):
        names = Counter(user.public_name for user in self.queryset)
        return {name for name, number in names.items() if number > 1}

    def label_from_instance(self, user):
        name = user.public_name
        return f"{name} ({user.pk})" if name in self.shared_names else name


class Difference(NamedTuple):
    """A field whose stored value isn't the one that the form bears."""

    name: str
    label: str
    stored: str
    is_long: bool


class PostForm(forms.ModelForm):
    """A post in the admin; an address left empty follows from the title.

    Over a version that its author hasn't seen it is saved at the second try only: the first one
    fails, `stored` is then the post as it is kept, and `differences` tells where it differs.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Not named `tags`: the admin refuses a relation whose table has a model of its own.
    tag_list = forms.ModelMultipleChoiceField(
        Tag.objects,
        label=_("Tags"),
        required=False,
        widget=RelatedFieldWidgetWrapper(
            AutocompleteSelectMultiple(TAGS, admin.site), TAGS.remote_field, admin.site, can_add_related=True
        ),
    )

    user = None  # who writes: the admin says so
    stored = None
    differences = ()

    class Meta:
        model = Post
        fields = "__all__"  # noqa: DJ007 -- the admin chooses the fields
        widgets = {
            "title": forms.TextInput({"class": "vLargeTextField", "dir": "auto"}),
            "body": forms.Textarea({"class": "vLargeTextField", "rows": 25, "dir": "auto"}),
            "summary": forms.Textarea({"class": "vLargeTextField", "rows": 3, "dir": "auto"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if not self.instance._state.adding:
            self.initial |= {"version": self.instance.version, "tag_list": list(self.instance.tags.all())}

    def clean_tag_list(self):
        tags = self.cleaned_data["tag_list"]
        if len(tags) > MOST_TAGS:
            message = _("A post has at most %(limit)s tags; these are %(number)s.")
            raise ValidationError(message % {"limit": MOST_TAGS, "number": len(tags)})
        return tags

    def clean(self):
        cleaned = super().clean()
        if not self.instance._state.adding:
            self.refuse_unseen(cleaned.get("version"))
        if "slug" in self.changed_data or not cleaned.get("slug"):
            take_turn("slugs")  # what is free now is free until this transaction ends
            self.refuse_another_ones(cleaned.get("slug"))
        if cleaned.get("title") and "slug" in cleaned and not cleaned["slug"]:
            proposal = Post(pk=self.instance.pk, title=cleaned["title"])
            proposal.choose_slug()
            self.instance.pk, cleaned["slug"] = proposal.pk, proposal.slug
        return cleaned

    def refuse_another_ones(self, slug):
        """Add an error where an address was that of a post which isn't the user's: its links would lead here."""
        former = PostSlug.objects.filter(slug=slug).exclude(post=self.instance.pk).select_related("post").first()
        if former and not roles.may_handle(self.user, former.post):
            self.add_error("slug", _("This address was another author's post's, and leads there: choose another one."))

    def refuse_unseen(self, version):
        """Lock the post, and add an error if it was saved since the form was opened; a form may bear no version."""
        stored = Post.objects.select_for_update(no_key=True).filter(pk=self.instance.pk).first()
        if stored is None:
            self.add_error(None, _("Somebody deleted this post meanwhile: copy what you wrote into a new one."))
            return
        for field in Post._meta.concrete_fields:  # save() writes them all: what isn't in the form stays as it is now
            if not (field.generated or (field.name in self.fields and field.name != "version")):
                setattr(self.instance, field.attname, getattr(stored, field.attname))
        if version is None or version == stored.version:
            return
        self.differences = self.compare(stored)
        if not self.differences:
            return  # the same form sent twice
        self.stored = stored
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = stored.version
        self.add_error(
            None,
            _(
                "Somebody saved this post meanwhile: it is not saved now. Nothing of yours is lost: "
                "take over from the saved version what you want to keep; saving again replaces it."
            ),
        )

    def compare(self, stored):
        """Return the Difference of each field that a stored post has otherwise than this form."""
        other = type(self)(instance=stored)
        return [
            Difference(name, field.label, shown(stored, name), isinstance(field.widget, forms.Textarea))
            for name, field in self.fields.items()
            if name != "version" and field.has_changed(unified(other[name].initial), unified(self[name].data))
        ]

    def _save_m2m(self):
        super()._save_m2m()
        self.instance.tags.set(self.cleaned_data["tag_list"])


def unified(value):
    """Return a value with line ends as they are stored by everything but a browser's form."""
    return normalize_newlines(value) if isinstance(value, str) else value


def shown(post, name):
    """Return a field of a post as the admin shows it."""
    if name == "tag_list":
        return ", ".join(tag.name for tag in post.tags.all()) or "-"
    return display_for_field(getattr(post, name), Post._meta.get_field(name), "-")
