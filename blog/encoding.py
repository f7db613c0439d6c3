"""What the worker makes outside the request: versions of pictures, and cards for shared links."""

import logging

from django.apps import apps
from django.db import transaction

from blog import cards
from blog.models import Post
from blog.pictures import Encoding, PictureField
from common import memory

BATCH = 20  # pictures or cards at a time, so that other duties get their turn
logger = logging.getLogger(__name__)


def make_pictures():
    """Makes the versions of every picture that waits for them; returns how many pictures."""
    made = sum(
        _make_one(model, field, key)
        for model, field in picture_fields()
        for key in _waiting(model, field).values_list("pk", flat=True)[:BATCH]
    )
    if made:
        memory.give_back()
    return made


def draw_cards():
    """Draws a card for every published post whose title has none; returns how many."""
    drawn = 0
    for post in Post.objects.without_card().only("title")[:BATCH]:
        card = cards.draw(post.title)
        # Whoever renamed the post meanwhile gets the next card.
        rows = Post.objects.filter(pk=post.pk, title=post.title)
        drawn += rows.update(card=card, card_title=post.title)
    return drawn


def picture_fields():
    """Every (model, field) of the blog that holds a picture."""
    for model in apps.get_app_config("blog").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, PictureField):
                yield model, field


def _waiting(model, field):
    return model.objects.filter(**{field.encoding_field: Encoding.WAITING}).exclude(
        **{field.name: ""}
    )


@transaction.atomic
def _make_one(model, field, key):
    rows = _waiting(model, field).filter(pk=key).select_for_update(skip_locked=True, no_key=True)
    row = rows.first()
    if row is None:  # another worker has it
        return 0
    file = getattr(row, field.name)
    state = Encoding.READY
    try:
        file.make_renditions()
    except FileNotFoundError:
        logger.warning("The file of %s %s is missing", model._meta.model_name, key)
        state = Encoding.FAILED
    model.objects.filter(pk=key).update(**{field.encoding_field: state})
    return 1
