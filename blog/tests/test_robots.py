from django.conf import settings
from django.urls import reverse


def test_it_names_the_sitemap_and_what_is_not_for_search_engines(client):
    response = client.get(reverse("blog:robots"))

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /accounts/",
        "Disallow: /search/?",  # what is found; the page itself may be
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
