"""Who a session belongs to."""

from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from bloggy.prepared import Prepared

the_account = Prepared(lambda pk: User.objects.filter(pk=pk), -1)


class Accounts(ModelBackend):
    """Django's own, but it looks up a session's account, as most requests do, by a query that is Prepared."""

    def get_user(self, user_id):
        """Return the account with this id if it may log in, else None."""
        user = the_account.first(user_id)
        return user if user and self.user_can_authenticate(user) else None
