"""Django without middleware, returning the bytes of a file named by PAGE: the cheapest answer of all.

PAGE=home.html gunicorn -c deploy/gunicorn.conf.py benchmarks.floors.cached_bytes
"""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, SECRET_KEY="x" * 50)
PAGE = Path(os.environ["PAGE"]).read_bytes()


def page(request):
    return HttpResponse(PAGE)


urlpatterns = [path("", page)]
application = get_wsgi_application()
