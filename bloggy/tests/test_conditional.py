import time
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.http import http_date, parse_http_date

from bloggy.conditional import unless_known, with_validators

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def ask(content="x", changed=NOON, **headers):
    return unless_known(RequestFactory().get("/", headers=headers), with_validators(HttpResponse(content), changed))


def test_the_first_answer_has_both_validators():
    response = ask()

    assert response.status_code == 200
    assert response.headers["ETag"].startswith('"')
    late = NOON.timestamp() - parse_http_date(response.headers["Last-Modified"])
    assert 0 <= late < 24 * 3600


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other" , W/{}', "*"])
def test_who_has_it_by_its_etag_gets_304_with_the_validators_and_no_content(form):
    first = ask()

    second = ask(**{"if-none-match": form.format(first.headers["ETag"])})

    assert second.status_code == 304
    assert second.content == b""
    for name in ("ETag", "Last-Modified", "Cache-Control"):
        assert second.headers[name] == first.headers[name]
    assert "Content-Length" not in second.headers


@pytest.mark.parametrize("etag", ['"other"', "", "x", '"', 'W/"other"'])
def test_an_etag_that_does_not_match_gets_it_anew_whatever_the_date_says(etag):
    date = ask().headers["Last-Modified"]

    assert ask(**{"if-none-match": etag, "if-modified-since": date}).status_code == 200


def test_a_matching_etag_gets_304_whatever_the_date_says():
    etag = ask().headers["ETag"]

    old = {"if-none-match": etag, "if-modified-since": http_date(0)}
    assert ask(**old).status_code == 304


def test_the_date_counts_alone_and_only_as_it_was_given():
    date = ask().headers["Last-Modified"]
    later = http_date(parse_http_date(date) + 1)

    assert ask(**{"if-modified-since": date}).status_code == 304
    assert ask(**{"if-modified-since": later}).status_code == 200
    assert ask(**{"if-modified-since": "nonsense"}).status_code == 200


@pytest.mark.parametrize("changed", [NOON, datetime(1970, 1, 1, tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_other_content_of_the_same_date_has_another_date(changed):
    date = ask("with something old", changed).headers["Last-Modified"]

    assert ask("without it", changed, **{"if-modified-since": date}).status_code == 200


@pytest.mark.parametrize("changed", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_no_date_is_too_early_or_in_the_future(changed):
    modified = parse_http_date(ask(changed=changed).headers["Last-Modified"])

    assert 0 <= modified <= time.time()


def test_a_date_of_tomorrow_is_not_told():
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    assert parse_http_date(ask(changed=tomorrow).headers["Last-Modified"]) <= time.time()


@pytest.mark.parametrize(("method", "status", "etag"), [("POST", 200, '"x"'), ("GET", 404, '"x"'), ("GET", 200, None)])
def test_only_a_page_that_can_be_known_gets_304(method, status, etag):
    headers = {"ETag": etag} if etag else {}
    request = RequestFactory().generic(method, "/", headers={"if-none-match": "*"})

    assert unless_known(request, HttpResponse(status=status, headers=headers)).status_code == status
