from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blog.models.fields import encoding_field
from blog.pictures import PictureField
from common.text import refuse_control_and_direction


class Author(models.Model):
    name = models.CharField(_("name"), max_length=200, validators=[refuse_control_and_direction])
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    biography = models.TextField(
        _("biography"), blank=True, help_text=_("A few sentences, without markup.")
    )
    picture = PictureField(
        _("picture"),
        upload_to="blog/authors",
        blank=True,
        width_field="picture_width",
        height_field="picture_height",
        encoding_field="picture_encoding",
    )
    picture_width = models.PositiveIntegerField(null=True, editable=False)
    picture_height = models.PositiveIntegerField(null=True, editable=False)
    picture_encoding = encoding_field()

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("blog:author", args=[self.slug])
