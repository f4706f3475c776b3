"""Who writes, comments and operates: one account, its e-mail address the login."""

from functools import lru_cache

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from bloggy.rows import from_db
from bloggy.text import is_visible


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """Store and return an account; without a password it can't log in until one is set.

        Raises ValueError without an e-mail address.
        """
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """Store and return an account that may do everything."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True} | fields)

    def with_email(self, email):
        """Return the accounts, one at most, of an e-mail address in any case."""
        return self.alias(email_lower=Lower("email")).filter(email_lower=Lower(models.Value(email)))

    def get_by_natural_key(self, email):
        """Return the account of an e-mail address in any case; raises User.DoesNotExist."""
        return self.with_email(email).get()


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(
        _("e-mail address"), unique=True, error_messages={"unique": _("There is an account with this e-mail address.")}
    )
    password = models.CharField(_("password"), max_length=255)
    first_name = models.CharField(_("first name"), max_length=128, blank=True)
    last_name = models.CharField(_("last name"), max_length=128, blank=True)
    bio = models.CharField(
        _("about the author"),
        max_length=1000,
        blank=True,
        default="",
        db_default="",
        help_text=_("Shown above the list of the author's posts. Plain text."),
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Clear this instead of deleting the account: what it wrote stays.")
    )
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May log in here, in the admin."))
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()
    from_db = classmethod(from_db)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_lower",
                violation_error_message=_("There is an account with this e-mail address."),
            )
        ]

    def __str__(self):
        return self.public_name

    def natural_key(self):
        return (self.email,)

    @property
    def public_name(self):
        """The full name if one can see it, else "Author <id>": an e-mail address is never shown."""
        name = f"{self.first_name} {self.last_name}".strip()
        return name if is_visible(name) else _("Author %(id)s") % {"id": self.pk}

    @property
    def public_slug(self):
        """The name as it stands in the address of the author's page; never empty, nor that of the author's feed."""
        return slug_of_name(self.public_name)

    def get_full_name(self):
        return self.public_name

    def get_short_name(self):
        return self.first_name or self.public_name


@lru_cache(1000)
def slug_of_name(name):
    """Return a name as it stands in an address, kept: pages show the same few authors each time."""
    slug = slugify(name, allow_unicode=True)[:100].strip("-")
    return slug if slug not in ("", "feed") else "author"
