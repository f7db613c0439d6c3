from django import forms
from django.contrib import admin
from django.contrib.flatpages.admin import FlatPageAdmin
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.admin import Site
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField
from js_asset import Media

from common.markup import sanitise
from flexpledge.staff import admin as _staff  # noqa: F401  registers itself

EDITOR = {
    "extensions": {
        "Bold": True,
        "Italic": True,
        "Heading": {"levels": [2, 3, 4]},
        "BulletList": True,
        "OrderedList": True,
        "ListItem": True,
        "Blockquote": True,
        "HardBreak": True,
        "HorizontalRule": True,
        "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
        "Table": True,
        "TableRow": True,
        "TableHeader": True,
        "TableCell": True,
    }
}


class PageForm(forms.ModelForm):
    content = ProseEditorFormField(
        label=_("Content"),
        config=EDITOR,
        preset="configurable",
        help_text=_("A first paragraph before any heading stands in the yellow block on top."),
    )

    class Meta:
        model = FlatPage
        fields = ["title", "content"]

    def clean_content(self):
        return str(sanitise(self.cleaned_data["content"]))


admin.site.unregister([FlatPage, Site])  # there is one site, and SITE_URL names it


@admin.register(FlatPage)
class PageAdmin(FlatPageAdmin):
    """The words of pages whose addresses are part of the site: none is added or removed here."""

    form = PageForm
    fieldsets = [(None, {"fields": ["title", "content"]})]
    list_display = ["title", "url"]
    list_filter = []
    search_fields = []
    ordering = ["title"]

    class Media:
        js = ["blog/adopt-styles.js"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def view_on_site(self, page):
        return page.url

    def render_change_form(self, request, context, *args, **kwargs):
        # The editor's import map is inline: only a nonce lets it through the policy.
        nonce = str(request.csp_nonce)
        context["media"] = Media.from_media(context["media"]).with_nonce(nonce)
        return super().render_change_form(request, context, *args, **kwargs)
