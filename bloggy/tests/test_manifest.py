import struct

from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse


def test_it_names_the_blog_and_icons_of_the_size_that_it_says(client, settings):
    settings.SITE_NAME = "The Allotment"

    response = client.get(reverse("manifest"))

    manifest = response.json()
    assert response.headers["Content-Type"] == "application/manifest+json"
    assert [manifest[name] for name in ("name", "start_url", "lang")] == ["The Allotment", "/", "en"]
    for icon in manifest["icons"]:
        with open(finders.find(icon["src"].removeprefix(settings.STATIC_URL)), "rb") as file:
            width, height = struct.unpack(">16x2I", file.read(24))
        assert icon["sizes"] == f"{width}x{height}"


def test_the_icon_that_old_browsers_ask_for_is_there_and_small(client):
    response = client.get("/favicon.ico")

    name = response.url.removeprefix(settings.STATIC_URL)
    with open(finders.find(name), "rb") as file:
        icon = file.read()
    assert icon[:4] == b"\0\0\1\0"
    assert len(icon) < 3000
