from django.contrib.sitemaps import Sitemap
from django.utils import timezone

from blog.models import Post


class PostSitemap(Sitemap):
    changefreq = "monthly"

    def items(self):
        return (
            Post.objects.published(timezone.now())
            .newest_first()
            .only("slug", "published_at", "updated_at")
        )

    def lastmod(self, post):
        return max(post.published_at, post.updated_at)
