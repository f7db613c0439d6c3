"""The least that a sign-up can be in Django: one form and one INSERT in a transaction.

It writes to the site's own table, so that columns and indexes are the same. No middleware, no
limits, no mail, and whoever signed before gets an error.

    DATABASE_URL=… gunicorn -c deploy/gunicorn.conf.py benchmarks.floors.bare_signup
"""

import secrets

import environ
from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": environ.Env().db_url("DATABASE_URL") | {"CONN_MAX_AGE": 60}},
    ROOT_URLCONF=__name__,
    SECRET_KEY="x" * 50,
    USE_TZ=True,
)
application = get_wsgi_application()

from django.contrib.postgres.fields import ArrayField  # noqa: E402
from django.db import models, transaction  # noqa: E402


class Pledge(models.Model):  # noqa: DJ008  nobody reads its name
    id = models.BigAutoField(primary_key=True)
    email = models.CharField(max_length=254)
    email_canonical = models.CharField(max_length=508)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=100)
    flexibility = ArrayField(models.CharField(max_length=20), default=list)
    shows_name = models.BooleanField()
    wants_news = models.BooleanField(default=False)
    has_shown_voice = models.BooleanField(default=False)
    wording = models.CharField(max_length=20, default="2026-11")
    code = models.CharField(max_length=10)
    link_epoch = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "floor"
        managed = False
        db_table = "pledges_pledge"


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
            code=secrets.token_hex(5),
            created_at=timezone.now(),
        )
    return HttpResponseRedirect("/thanks/")


urlpatterns = [path("pledge/", sign)]
