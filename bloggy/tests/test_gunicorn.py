"""What gunicorn makes of a client's headers, asked over a real connection."""

from urllib.request import Request, urlopen

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def get(site, **headers):
    with urlopen(Request(f"{site}/", headers=headers), timeout=30) as response:
        return response.headers, response.read().decode()


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script-Name", "PATH_INFO", "X-Script-Name"])
def test_a_client_cannot_move_the_links_of_a_page(site, name):
    _headers, page = get(site, **{name: "/zzz"})

    assert "zzz" not in page
    assert '<a href="/">' in page


def test_a_client_cannot_choose_the_host_of_absolute_links(site):
    _headers, page = get(site, **{"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "1.2.3.4"})

    assert "evil.example" not in page
    assert f'<link rel="canonical" href="{site}/">' in page


def test_an_anonymous_reader_gets_policies_and_no_cookie(site):
    headers, _page = get(site)

    assert "script-src 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers
