import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/nope/", "/healthz", "/admin/login/", "/feed/", "/feed.json", "/sitemap.xml"])
def test_head_has_the_headers_of_get_and_no_body(client, path):
    got, headed = client.get(path), client.head(path)

    assert headed.status_code == got.status_code
    assert int(headed.headers["Content-Length"]) == len(got.content)
    assert headed.content == b""
