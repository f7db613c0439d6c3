from django.contrib import admin
from django.utils import timezone

from flexpledge.staff.overview import Overview


class StaffSite(admin.AdminSite):
    """The admin, with the overview of the campaign on its first page."""

    def index(self, request, extra_context=None):
        context = {"overview": Overview(request.user, timezone.now())}
        return super().index(request, context | (extra_context or {}))
