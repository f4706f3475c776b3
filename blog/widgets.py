"""The admin's autocomplete boxes, for input that nobody picked in them."""

from django.contrib.admin import widgets

LONGEST_ID = 18  # digits; a bigint holds them all


class OnlyIds:
    """Show what is selected, and leave out what can't be an id: Django's own box ends in a 500 there."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [item for item in value if is_id(item)], attr)


class AutocompleteSelect(OnlyIds, widgets.AutocompleteSelect):
    pass


class AutocompleteSelectMultiple(OnlyIds, widgets.AutocompleteSelectMultiple):
    pass


def is_id(text):
    """Tell whether a text can be a row's id."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
