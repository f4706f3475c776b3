"""Forms for accounts: Django's own, with e-mail as the login and names that can be seen."""

import unicodedata

from django import forms
from django.contrib.auth import forms as auth_forms
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.validators import MAX_PASSWORD
from bloggy.locks import take_turn
from bloggy.text import is_visible


class LoginForm(auth_forms.AuthenticationForm):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=MAX_PASSWORD,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    remember = forms.BooleanField(label=_("Remember me on this device"), required=False)

    error_messages = {
        "invalid_login": _("This e-mail address and this password don't belong together. Capitals count in passwords."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "inputmode": "email", "dir": "auto"}


class PlainTextField(forms.CharField):
    """Some lines of text, each end of a line one character: a browser sends two, and counts one."""

    def to_python(self, value):
        return normalize_newlines(super().to_python(value))


class VisibleNames:
    """Refuse a name of which nothing would be seen; an empty one is allowed. Such a bio is an empty one."""

    def clean_first_name(self):
        return visible_or_empty(self.cleaned_data["first_name"])

    def clean_last_name(self):
        return visible_or_empty(self.cleaned_data["last_name"])

    def clean_bio(self):
        return self.cleaned_data["bio"] if is_visible(self.cleaned_data["bio"]) else ""


def visible_or_empty(name):
    """Return a name; raises ValidationError if it holds invisible characters only."""
    if name and not is_visible(name):
        raise forms.ValidationError(_("Nobody could see this name: give it a letter, or leave it empty."))
    return name


class NamesForm(VisibleNames, forms.ModelForm):
    """The name that stands beside what somebody writes."""

    class Meta:
        model = User
        fields = ["first_name", "last_name"]
        help_texts = {"first_name": _("Shown with your comments, as is the last name. You may leave both empty.")}
        widgets = {
            "first_name": forms.TextInput({"autocomplete": "given-name", "dir": "auto"}),
            "last_name": forms.TextInput({"autocomplete": "family-name", "dir": "auto"}),
        }

    def save(self, commit=True):
        """Store the form's fields alone: what else changed in the account meanwhile stays."""
        if commit:
            self.instance.save(update_fields=self.Meta.fields)
        return self.instance


class ProfileForm(NamesForm):
    """The name, and what the list of one's posts says about one."""

    class Meta(NamesForm.Meta):
        fields = [*NamesForm.Meta.fields, "bio"]
        field_classes = {"bio": PlainTextField}
        labels = {"bio": _("About you")}
        help_texts = NamesForm.Meta.help_texts | {
            "bio": _("Shown above the list of your posts, if you write some. Plain text, at most 1,000 characters."),
        }
        widgets = NamesForm.Meta.widgets | {"bio": forms.Textarea({"rows": 5, "dir": "auto"})}


class NewPassword:
    """Say in one sentence what Django's list of rules for a new password says."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        first, again = (name for name in self.fields if name.endswith(("password1", "password2")))
        self.fields[first].help_text = _(
            "At least 8 characters; not a common password, not digits alone, not like your name or your address."
        )
        self.fields[again].label, self.fields[again].help_text = _("Password again"), ""


class SetPasswordForm(NewPassword, auth_forms.SetPasswordForm):
    pass


class PasswordChangeForm(NewPassword, auth_forms.PasswordChangeForm):
    pass


class SignUpForm(NewPassword, NamesForm, auth_forms.BaseUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "first_name", "last_name"]
        help_texts = NamesForm.Meta.help_texts | {"email": _("You log in with it. It is never shown.")}
        widgets = NamesForm.Meta.widgets | {"email": forms.EmailInput({"autocomplete": "email", "dir": "auto"})}

    def clean_email(self):
        """Take letters for what they stand for, as the model does: the turn below is then one for all spellings."""
        email = unicodedata.normalize("NFKC", self.cleaned_data["email"])
        if not email.rpartition("@")[0].isascii():
            raise forms.ValidationError(_("Mail can't be sent to this address: before the @, use plain letters."))
        return email

    def validate_unique(self):
        """Leave it to the constraint, which compares in any case: one message is enough."""

    def clean(self):
        """Wait for another sign-up with the same address, which a double click sends: one of them is told."""
        take_turn(f"sign-up {self.cleaned_data.get('email', '').lower()}")
        return super().clean()

    def save(self, commit=True):
        return auth_forms.BaseUserCreationForm.save(self, commit)


class PasswordResetForm(auth_forms.PasswordResetForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs["dir"] = "auto"

    def get_users(self, email):
        """Return the account to write to, one without a usable password included.

        Where there is none, an account without an address takes its place: the same work is done,
        so the time tells nothing, and the mail goes nowhere.
        """
        return list(User.objects.with_email(email).filter(is_active=True)) or [User()]
