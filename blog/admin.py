"""Where staff write. Bodies are blocks, so that nobody types HTML."""

from content_editor.admin import ContentEditor, ContentEditorInline
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from js_asset import Media, Script
from reversion.admin import VersionAdmin

from blog import previews, versions
from blog.models import Author, CallToAction, Image, Post, Quote, RichText, Tag, Video, refresh_text

BRING_BACK = "_bring_back"  # sent by keep-draft.js with what was typed and never saved


class LabelledSplitDateTime(AdminSplitDateTime):
    """Django's two boxes have a legend for both, and no label each."""

    def __init__(self, attrs=None):
        super().__init__(attrs)
        for widget, label in zip(self.widgets, (_("Date"), _("Time")), strict=True):
            widget.attrs["aria-label"] = label


class PostForm(forms.ModelForm):
    class Meta:
        # Ticked rather than moved between two boxes, whose icons say nothing to a screen reader.
        widgets = {"tags": forms.CheckboxSelectMultiple}

    def clean(self):
        cleaned = super().clean()
        if BRING_BACK in self.data:
            raise ValidationError(_("This is what you had typed. Look it over and save it."))
        is_public = cleaned.get("status") == Post.Status.PUBLISHED
        if is_public and "published_at" not in self.errors and not cleaned.get("published_at"):
            cleaned["published_at"] = timezone.now()
        return cleaned


@admin.register(Post)
class PostAdmin(VersionAdmin, ContentEditor):
    form = PostForm
    history_latest_first = True
    revision_form_template = "admin/blog/post/revision_form.html"
    list_display = ["title", "state", "published_at", "author"]
    list_filter = ["status", "published_at", "tags", "author"]
    list_select_related = ["author"]
    list_per_page = 50
    search_fields = ["title"]
    date_hierarchy = "published_at"
    ordering = ["-published_at", "-pk"]
    prepopulated_fields = {"slug": ["title"]}
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.SplitDateTimeField,
            "widget": LabelledSplitDateTime,
        }
    }
    fieldsets = [
        (None, {"fields": ["title", "slug", "excerpt"]}),
        (None, {"fields": ["status", "published_at", "author", "tags"]}),
        (_("Elsewhere"), {"fields": ["share_picture", "canonical_url"], "classes": ["collapse"]}),
    ]
    inlines = [
        ContentEditorInline.create(RichText, icon="notes"),
        ContentEditorInline.create(Image, icon="image"),
        ContentEditorInline.create(Quote, icon="format_quote"),
        ContentEditorInline.create(CallToAction, icon="campaign"),
        ContentEditorInline.create(Video, icon="play_circle"),
    ]

    class Media:
        js = [
            "blog/adopt-styles.js",
            Script("blog/keep-draft.js", type="module"),
            Script("blog/move-blocks.js", type="module"),
        ]
        css = {"all": ["blog/editor.css"]}

    @admin.display(description=_("state"), ordering="status")
    def state(self, post):
        if post.status == Post.Status.PUBLISHED and not post.is_live(timezone.now()):
            return _("Scheduled")
        return post.get_status_display()

    def view_on_site(self, post):
        return post.get_absolute_url() if post.is_live(timezone.now()) else None

    def get_queryset(self, request):
        return super().get_queryset(request).defer("search", "body_text")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "POST":
            post = self.get_object(request, object_id)
            if post and self.has_change_permission(request, post):
                versions.keep_first(post)
        return super().change_view(request, object_id, form_url, extra_context)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        # A restored version brings its blocks back past their save().
        refresh_text(form.instance)

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


class Description(admin.SimpleListFilter):
    title = _("alternative text")
    parameter_name = "alt"

    def lookups(self, request, model_admin):
        return [("missing", _("Missing")), ("decorative", _("Decorative")), ("given", _("Given"))]

    def queryset(self, request, queryset):
        match self.value():
            case "missing":
                return queryset.filter(alt="")
            case "decorative":
                return queryset.filter(is_decorative=True)
            case "given":
                return queryset.exclude(alt="")
        return queryset


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    """Every picture in a post, where it is used and what is said for those who cannot see it.

    Only to look at: a picture is changed in its post, so that the history of the post knows.
    """

    list_display = ["thumbnail", "used_in", "description", "credit", "size", "encoding"]
    list_display_links = None
    list_filter = [Description, "encoding"]
    list_select_related = ["parent"]
    list_per_page = 50
    ordering = ["-pk"]
    search_fields = ["alt", "caption", "credit", "parent__title"]
    search_help_text = _("Searches alternative texts, captions, credits and titles of posts.")
    show_full_result_count = False

    class Media:
        css = {"all": ["blog/editor.css"]}

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("parent__search", "parent__body_text")

    @admin.display(description=_("picture"))
    def thumbnail(self, image):
        narrowest = image.file.narrowest
        return format_html('<img class="picture-list" src="{}" alt="" loading="lazy">', narrowest)

    @admin.display(description=_("used in"), ordering="parent__title")
    def used_in(self, image):
        address = reverse("admin:blog_post_change", args=[image.parent_id])
        return format_html('<a href="{}">{}</a>', address, image.parent)

    @admin.display(description=_("alternative text"), ordering="alt")
    def description(self, image):
        if image.is_decorative:
            return _("(decorative) %(alt)s") % {"alt": image.alt}
        return image.alt

    @admin.display(description=_("size"), ordering="width")
    def size(self, image):
        return f"{image.width} × {image.height}"
