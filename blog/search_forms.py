"""What the address of a search may ask for."""

from django import forms

from blog.pages import LARGEST_ID
from blog.search import queries
from blog.search.results import MOST_PAGES
from blog.slugs import CHARACTER, MAX_LENGTH


class QueryField(forms.CharField):
    """Words to look for; too many are cut, not refused: who pastes a paragraph is to find something."""

    def to_python(self, value):
        return queries.cut(super().to_python(value))


class SearchForm(forms.Form):
    q = QueryField(required=False)
    tag = forms.RegexField(rf"^{CHARACTER}+\Z", required=False, strip=False, max_length=MAX_LENGTH)
    author = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    year = forms.IntegerField(required=False, min_value=1, max_value=9998)
    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGES)

    def clean_page(self):
        return self.cleaned_data["page"] or 1
