from django import template

from common import text

register = template.Library()
register.filter("unlinked", text.unlinked)
