from django.contrib import admin

from coalition.models import DeclineReason


@admin.register(DeclineReason)
class DeclineReasonAdmin(admin.ModelAdmin):
    """The list that moderators choose from. What was declined before keeps its words."""

    list_display = ["name", "text", "position"]
    list_editable = ["position"]
