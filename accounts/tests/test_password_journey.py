"""Somebody who forgot the password, in Chromium: by the mail that was really sent, to a log-in with a new one."""

import re

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import UserFactory
from bloggy.tests.processes import wait_until

pytestmark = pytest.mark.browser


def test_a_forgotten_password_is_replaced_by_the_mail_that_was_sent(page, complaints, mailbox, site_log):
    UserFactory(email="Ada@example.com", first_name="Ada", last_name="", on_site=True)
    mailbox.mails.clear()

    page.goto("/accounts/login/")
    page.get_by_role("link", name="Forgotten your password?").click()
    for address in ("nobody@example.com", "ada@example.com"):
        page.get_by_label("E-mail address").fill(address)
        page.get_by_role("button", name="Send the link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
        page.get_by_role("link", name="Try another address").click()
    wait_until(lambda: mailbox.mails)
    mail = mailbox.mails[0]
    link = re.search(r"http://\S+", mail.get_content())[0]

    page.goto(link)
    page.get_by_label("Password", exact=False).first.fill("a good new one")
    page.get_by_label("Password again").fill("a good new one")
    page.get_by_role("button", name="Save the password").click()
    page.get_by_role("link", name="Log in with it").click()
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_label("Password").fill("a good new one")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("link", name="Ada")).to_be_visible()
    assert (len(mailbox.mails), mail["To"], mail["Subject"]) == (1, "Ada@example.com", "A new password at Bloggy")
    log = site_log.read_text()
    assert "@example.com" not in log
    assert link.split("/")[-2] not in log
    assert complaints == []
