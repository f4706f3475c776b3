import pytest

pytestmark = pytest.mark.django_db
PATHS = ["/", "/nope/", "/post/1", "/static/css/bloggy.css", "/admin/login/", "/admin"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_policies(client, path):
    response = client.get(path)

    policy = response.headers["Content-Security-Policy"]
    assert ("script-src 'self'" if path.startswith("/admin/") else "script-src 'none'") in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_has_a_policy_and_fixed_types(client, path):
    response = client.get(path)

    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_static_files_are_served_with_them(client):
    assert client.get("/static/css/bloggy.css").status_code == 200


def test_a_foreign_host_gets_them_too(client):
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "script-src 'none'" in response.headers["Content-Security-Policy"]
