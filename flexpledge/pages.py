"""Pages whose words staff edit in the admin (django.contrib.flatpages)."""

import re

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.shortcuts import get_object_or_404, render
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.markup import sanitise
from common.pagecache import cached_page

PAGES = ("about", "faq", "privacy", "accessibility")
_FIGURES = {"/about/": "hold", "/faq/": "where", "/accessibility/": "carry"}
_LEAD = re.compile(r"\s*<p>(?P<lead>.*?)</p>(?P<body>.*)", re.DOTALL)
_HEADING = re.compile(r"<h2>(?P<words>.*?)</h2>", re.DOTALL)


@cached_page()
@require_safe
def page(request):
    flatpage = get_object_or_404(FlatPage, url=request.path_info, sites=settings.SITE_ID)
    lead, body = laid_out(flatpage.content)
    return render(
        request,
        "flatpages/default.html",
        {
            "flatpage": flatpage,
            "lead": lead,
            "body": body,
            "figure": _FIGURES.get(flatpage.url),
        },
    )


def laid_out(html):
    """(lead, body) of a text: a first paragraph becomes the lead, headings can be linked to.

    >>> laid_out("<p>One.</p><h2>Say hello</h2>")
    ('One.', '<h2 id="say-hello">Say hello</h2>')
    """
    clean = sanitise(html)
    found = _LEAD.fullmatch(clean)
    lead, body = (found["lead"], found["body"]) if found else ("", clean)
    seen = {"main", "menu"}  # anchors of the frame

    def anchored(heading):
        anchor = slugify(strip_tags(heading["words"]))
        if not anchor or anchor in seen:
            return heading[0]
        seen.add(anchor)
        return f'<h2 id="{anchor}">{heading["words"]}</h2>'

    body = _HEADING.sub(anchored, body)
    region = f'<div class="scroll" tabindex="0" role="region" aria-label="{_("Table")}"><table>'
    body = body.replace("<table>", region).replace("</table>", "</table></div>")
    return mark_safe(lead), mark_safe(body)  # noqa: S308  sanitised above, anchors are slugs
