"""Who a session belongs to."""

from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from bloggy.prepared import Prepared

the_account = Prepared(lambda pk: User.objects.filter(pk=pk), -1)


class Accounts(ModelBackend):
    """Django's own; but the query for a session's account, which most requests ask, is written once."""

    def get_user(self, user_id):
        """Return the account of a number, if it may log in, else None."""
        found = the_account(user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None
