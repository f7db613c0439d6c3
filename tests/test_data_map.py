"""docs/privacy.md names every place that holds something about people."""

import re
from pathlib import Path

from django.apps import apps
from django.db import models

PAGE = (Path(__file__).parent.parent / "docs/privacy.md").read_text(encoding="utf-8")
OURS = ("pledges", "coalition", "blog", "common", "flexpledge")
ABOUT_A_PERSON = re.compile(
    r"(?:^|_)(?:email|recipient|contact|biography|network|address_hash|recipient_hash|actor_name)"
)
# Fields that look as if they were about a person, and are not.
ABOUT_NOBODY = {"pledges.Cleanup"}  # what staff look for


def places():
    """Models with a field that names, reaches or recognises somebody."""
    for model in apps.get_models():
        if (
            model._meta.app_label in OURS
            and not model._meta.proxy
            and any(
                ABOUT_A_PERSON.search(field.name)
                for field in model._meta.concrete_fields
                if not isinstance(field, models.ForeignKey)
            )
        ):
            yield model._meta.label


def test_every_model_that_is_about_people_stands_in_the_data_map():
    found = set(places())
    assert {"pledges.Pledge", "coalition.Member", "common.OutboxMessage"} <= found
    assert {label for label in found if f"`{label}`" not in PAGE} == ABOUT_NOBODY


def test_the_data_map_names_no_model_that_is_gone():
    named = re.findall(r"`((?:pledges|coalition|blog|common|auth)\.[A-Z]\w+)", PAGE)
    assert named
    for label in named:
        assert apps.get_model(label)
