"""What no view can do anything with never reaches one."""

import pytest
from django.test import Client

from common.hygiene import read_as_utf8
from flexpledge.wsgi import application

CHARSETS = ["utf-7", "utf-16", "unicode_escape", "rot13", "nonsense"]


@pytest.fixture
def client():
    """Reaches the site as through gunicorn."""
    client = Client(raise_request_exception=False)
    client.handler = read_as_utf8(client.handler)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("address", ["/pledge/?country=CA", "/coalition/apply/?kind=leader"])
def test_no_charset_of_the_client_makes_an_error_of_ours(client, address, charset):
    body = "--b\r\nContent-Disposition: form-data; name=name\r\n\r\n+2AA- \\ud800\r\n--b--\r\n"
    content_type = f"multipart/form-data; boundary=b; charset={charset}"
    assert client.generic("POST", address, body.encode(), content_type).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", ["text/plain; charset=rot13", '; charset="rot13"; a=b'])
def test_the_application_itself_answers_a_charset_that_is_none(rf, content_type):
    environ = rf._base_environ(PATH_INFO="/healthz", QUERY_STRING="a=b", CONTENT_TYPE=content_type)
    answered = []
    assert b"".join(application(environ, lambda *head: answered.append(head))) == b"ok"
    assert answered[0][0] == "200 OK"
