"""What an answer made for somebody who is logged in needs."""

from django.contrib.auth import SESSION_KEY
from django.utils.cache import patch_cache_control


class Private:
    """Keep pages made for one person out of every cache but their browser's, which has to ask again."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.session.accessed and SESSION_KEY in request.session:
            patch_cache_control(response, private=True, no_cache=True)
        return response
