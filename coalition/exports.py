"""Members as data: what their pages say in public, and nothing else."""

import csv
import json
from datetime import UTC

from django.conf import settings

from coalition.models import Kind, Member
from common.spreadsheets import cell

COLUMNS = [
    *("name", "kind", "country", "website", "size", "flexibility", "statement"),
    *("logo", "logo_alt", "joined", "reaffirmed", "url"),
]


def rows():
    """A dictionary of COLUMNS for each listed member, by name."""
    for member in Member.objects.listed().by_name().iterator():
        yield {
            "name": member.name,
            "kind": member.kind,
            "country": member.country,
            "website": member.website,
            "size": member.size,
            "flexibility": member.flexibility,
            "statement": member.statement,
            "logo": settings.SITE_URL + member.logo_pictures.png if member.logo else "",
            "logo_alt": member.logo_alt,
            "joined": _day(member.approved_at),
            "reaffirmed": _day(member.reaffirmed_at),
            "url": settings.SITE_URL + member.get_absolute_url(),
        }


def write_csv(file):
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    for row in rows():
        row["flexibility"] = " ".join(row["flexibility"])
        writer.writerow({name: cell(value) for name, value in row.items()})


def json_ld(member):
    """schema.org, ready to stand in `<script type="application/ld+json">`."""
    is_person = member.kind == Kind.LEADER
    described = {
        "@context": "https://schema.org",
        "@type": {
            Kind.COMPANY: "Organization",
            Kind.NONPROFIT: "NGO",
            Kind.ACADEMIC: "EducationalOrganization",
            Kind.LEADER: "Person",
        }[member.kind],
        "name": member.name,
        "url": member.website,
        "description": member.statement,
        "mainEntityOfPage": settings.SITE_URL + member.get_absolute_url(),
        "memberOf": {
            "@type": "Organization",
            "name": "1 Million for Work Flexibility",
            "url": settings.SITE_URL,
        },
    }
    if member.logo:
        picture = settings.SITE_URL + member.logo_pictures.png
        described["image" if is_person else "logo"] = picture
    if not is_person:
        described["address"] = {"@type": "PostalAddress", "addressCountry": member.country}
    return json.dumps(described, ensure_ascii=False).translate(_NO_MARKUP)


_NO_MARKUP = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def _day(moment):
    return moment.astimezone(UTC).date().isoformat() if moment else ""
