"""Rows of models as they come from the database."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField
from django.db.models.base import ModelState
from django.db.models.functions import Cast


def from_db(cls, db, field_names, values):
    """Return a row with the fields that were loaded; a model's class method in the place of Django's own.

    That one fills a new row as if it had been written by hand, and tells two signals of it that nobody here awaits:
    a page of comments spends more time so than in asking for them. (Such a method is what Django's documentation
    offers: https://docs.djangoproject.com/en/5.2/ref/models/instances/#customizing-model-loading.)
    """
    row = object.__new__(cls)
    row._state = ModelState()
    row._state.db, row._state.adding = db, False
    row.__dict__.update(zip(field_names, values, strict=True))
    return row


class Texts(Func):
    """Columns of a row as one value, the list of their texts: as JSON it takes longer to be written and read."""

    function, template = "ARRAY", "%(function)s[%(expressions)s]"

    def __init__(self, *columns):
        super().__init__(*(Cast(column, TextField()) for column in columns), output_field=ArrayField(TextField()))
