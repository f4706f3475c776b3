"""Forms for what authors write."""

from django import forms

from blog.models import Post
from bloggy.locks import take_turn


class PostForm(forms.ModelForm):
    """A post in the admin; an address left empty follows from the title."""

    class Meta:
        model = Post
        fields = "__all__"  # noqa: DJ007 -- the admin chooses the fields
        widgets = {
            "title": forms.TextInput({"class": "vLargeTextField"}),
            "body": forms.Textarea({"class": "vLargeTextField", "rows": 25}),
            "summary": forms.Textarea({"class": "vLargeTextField", "rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self):
        cleaned = super().clean()
        take_turn("slugs")  # what is free now is free until this transaction ends
        if cleaned.get("title") and "slug" in cleaned and not cleaned["slug"]:
            proposal = Post(pk=self.instance.pk, title=cleaned["title"])
            proposal.choose_slug()
            self.instance.pk, cleaned["slug"] = proposal.pk, proposal.slug
        return cleaned
