"""The least that a sign-up can be in Django: one form and one INSERT in a transaction.

It writes to the site's own table, so that columns and indexes are the same. No middleware, no
limits, no mail, no duplicates found.

    DATABASE_URL=… gunicorn -c deploy/gunicorn.conf.py benchmarks.floors.bare_signup
"""

import os

from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

os.environ["DJANGO_SETTINGS_MODULE"] = "flexpledge.settings"
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__
settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
application = get_wsgi_application()

from pledges.models import Pledge  # noqa: E402


class SignUpForm(forms.Form):
    name = forms.CharField(max_length=200)
    email = forms.EmailField(max_length=254)
    country = forms.CharField(max_length=2)
    region = forms.CharField(max_length=100, required=False)
    show_name = forms.BooleanField(required=False)


def sign(request):
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    answers = form.cleaned_data
    with transaction.atomic():
        Pledge.objects.create(
            email=answers["email"],
            email_canonical=answers["email"],
            name=answers["name"],
            country=answers["country"],
            region=answers["region"],
            shows_name=answers["show_name"],
            created_at=timezone.now(),
        )
    return HttpResponseRedirect("/thanks/")


urlpatterns = [path("pledge/", sign)]
