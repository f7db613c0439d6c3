from django.contrib.sitemaps import Sitemap

from coalition.models import Member


class MemberSitemap(Sitemap):
    def items(self):
        return Member.objects.listed().by_name()

    def lastmod(self, member):
        return member.approved_at
