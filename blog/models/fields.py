from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.pictures import Encoding

WEB_ADDRESS = r"^https?://"


def encoding_field():
    """How far the worker is with the picture of a row."""
    return models.CharField(
        _("versions of the picture"),
        max_length=10,
        choices=Encoding.choices,
        default=Encoding.WAITING,
        editable=False,
    )


class WebAddressField(models.URLField):
    default_validators = [URLValidator(schemes=["http", "https"])]

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https"} | kwargs)


def web_address(field):
    """The condition that `field` holds nothing, or an address of the web."""
    return models.Q(**{field: ""}) | models.Q(**{f"{field}__regex": WEB_ADDRESS})
