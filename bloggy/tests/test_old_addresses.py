import pytest

OLD = {
    "/new": "/admin/blog/post/add/",
    "/login": "/accounts/login/",
    "/auth/login": "/accounts/login/",
    "/auth/logout": "/accounts/logout/",
    "/auth/register": "/accounts/signup/",
    "/auth/registration": "/accounts/signup/",
    "/auth/profile": "/accounts/profile/",
    "/account/settings": "/accounts/profile/",
    "/auth/password_change": "/accounts/password_change/",
    "/auth/password_retrieval": "/accounts/password_reset/",
    "/auth/password_reset/1a2b-3c": "/accounts/password_reset/",
}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("old", OLD)
def test_old_addresses_lead_to_todays(client, old, slash):
    response = client.get(old + slash)

    assert (response.status_code, response.url) == (301, OLD[old])
