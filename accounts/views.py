"""Accounts, by Django's own views in the blog's design."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth_views
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.messages.views import SuccessMessageMixin
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import CreateView, UpdateView

from accounts.forms import LoginForm, PasswordChangeForm, PasswordResetForm, ProfileForm, SetPasswordForm, SignUpForm
from accounts.models import User

MAX_NEXT = 2000  # characters of an address to come back to
SITE = {"site_name": settings.SITE_NAME}  # Django's views would show the Host that the browser sent


def log_in(request, form):
    """Log in whom a valid LoginForm names, for as long as it asks: a month, or until the browser closes."""
    login(request, form.get_user())
    if form.cleaned_data["remember"]:
        request.session.set_expiry(settings.SESSION_COOKIE_AGE)


class ComeBack(auth_views.RedirectURLMixin):
    """Return to the page of this site that `next` names; never to one that is over once somebody is logged in."""

    def get_redirect_url(self):
        url = super().get_redirect_url()
        is_over = urlsplit(url).path in map(reverse, ("login", "logout", "signup"))
        return url if url.startswith("/") and len(url) <= MAX_NEXT and not is_over else ""


class LoginView(ComeBack, auth_views.LoginView):
    form_class = LoginForm
    redirect_authenticated_user = True
    extra_context = SITE

    def form_valid(self, form):
        log_in(self.request, form)
        return HttpResponseRedirect(self.get_success_url())


class LogoutView(auth_views.LogoutView):
    """Log out by POST; a link that leads here asks first."""

    extra_context = SITE
    http_method_names = ["get", "head", *auth_views.LogoutView.http_method_names]

    def get(self, request, *args, **kwargs):
        return render(request, "registration/logout.html")


@method_decorator([sensitive_post_parameters(), never_cache], "dispatch")
class SignUpView(ComeBack, CreateView):
    """Make an account and log it in."""

    form_class = SignUpForm
    template_name = "accounts/signup.html"
    next_page = settings.LOGIN_REDIRECT_URL

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        with transaction.atomic():  # for as long as the form waits for its turn
            return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"next": self.get_redirect_url()}

    def form_valid(self, form):
        login(self.request, form.save(), backend=settings.AUTHENTICATION_BACKENDS[0])
        messages.success(self.request, _("Welcome! Your account is ready."))
        return HttpResponseRedirect(self.get_success_url())


@method_decorator(never_cache, "dispatch")
class ProfileView(LoginRequiredMixin, SuccessMessageMixin, UpdateView):
    """Change one's own name and bio."""

    form_class = ProfileForm
    template_name = "accounts/profile.html"
    success_url = reverse_lazy("profile")
    success_message = _("Your profile is saved.")

    def get_object(self):
        return User.objects.get(pk=self.request.user.pk)  # not request.user: a refused form would change the page's


@method_decorator(never_cache, "dispatch")
class PasswordResetView(auth_views.PasswordResetView):
    form_class = PasswordResetForm
    email_template_name = "registration/password_reset_email.txt"
    extra_email_context = SITE | {"site_url": settings.SITE_URL}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"sends_mail": settings.SENDS_MAIL}


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    form_class = SetPasswordForm

    def get_user(self, uidb64):
        """Return the account of a link, or None where there is none that may log in."""
        user = super().get_user(uidb64)
        return user if user and user.is_active else None


class PasswordChangeView(auth_views.PasswordChangeView):
    form_class = PasswordChangeForm
