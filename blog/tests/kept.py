"""What tests of kept pages share."""


def is_hit(response):
    return response.headers.get("Cache-Status") == "bloggy; hit"
