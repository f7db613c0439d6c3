"""Where staff write. Bodies are blocks, so that nobody types HTML."""

from content_editor.admin import ContentEditor, ContentEditorInline
from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from js_asset import Media

from blog import previews
from blog.models import Author, Image, Post, Quote, RichText, Tag


class PostForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        is_public = cleaned.get("status") == Post.Status.PUBLISHED
        if is_public and "published_at" not in self.errors and not cleaned.get("published_at"):
            cleaned["published_at"] = timezone.now()
        return cleaned


@admin.register(Post)
class PostAdmin(ContentEditor):
    form = PostForm
    list_display = ["title", "state", "published_at", "author"]
    list_filter = ["status", "published_at", "tags", "author"]
    list_select_related = ["author"]
    search_fields = ["title"]
    date_hierarchy = "published_at"
    ordering = ["-published_at", "-pk"]
    prepopulated_fields = {"slug": ["title"]}
    filter_horizontal = ["tags"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "excerpt"]}),
        (None, {"fields": ["status", "published_at", "author", "tags"]}),
    ]
    inlines = [
        ContentEditorInline.create(RichText, icon="notes"),
        ContentEditorInline.create(Image, icon="image"),
        ContentEditorInline.create(Quote, icon="format_quote"),
    ]

    class Media:
        js = ["blog/adopt-styles.js"]

    @admin.display(description=_("state"), ordering="status")
    def state(self, post):
        if post.status == Post.Status.PUBLISHED and not post.is_live(timezone.now()):
            return _("Scheduled")
        return post.get_status_display()

    def view_on_site(self, post):
        return post.get_absolute_url() if post.is_live(timezone.now()) else None

    def get_queryset(self, request):
        return super().get_queryset(request).defer("search", "body_text")

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["preview_address"] = previews.address(obj) if obj else None
        response = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        # The editors load their modules through an inline import map, which needs the nonce.
        media = Media.from_media(response.context_data["media"])
        response.context_data["media"] = media.with_nonce(str(request.csp_nonce))
        return response


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "description"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
