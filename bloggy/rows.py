"""Rows of models as they come from the database."""

from django.db.models.base import ModelState


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
