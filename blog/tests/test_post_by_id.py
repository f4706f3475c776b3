import pytest

from blog.tests.factories import PostFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/post/{}", "/post/{}/"])
def test_an_old_address_leads_to_todays(client, path):
    post = PostFactory(slug="汉字-and-more")

    response = client.get(path.format(post.pk))

    assert (response.status_code, response.url) == (301, post.get_absolute_url())


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_what_is_not_published_is_not_found(client, state):
    post = PostFactory(**{state: True})

    assert client.get(f"/post/{post.pk}/").status_code == 404


@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 19, "9" * 20, "9" * 5000, "-1", "٣"])
def test_a_number_that_no_post_has_is_not_found(client, pk):
    assert client.get(f"/post/{pk}/").status_code == 404
