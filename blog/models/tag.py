from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blog.models.post import Post
from common.text import refuse_control_and_direction


class TagQuerySet(models.QuerySet):
    def in_use(self, now):
        """Topics with at least one post that readers can see; looks no further than the first."""
        visible = Post.objects.published(now).filter(tags=models.OuterRef("pk")).order_by()
        first = models.Subquery(visible.values("pk")[:1])
        return self.annotate(first_post=first).filter(first_post__isnull=False)


class Tag(models.Model):
    name = models.CharField(
        _("name"), max_length=60, unique=True, validators=[refuse_control_and_direction]
    )
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    description = models.TextField(_("description"), blank=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("blog:tag", args=[self.slug])
