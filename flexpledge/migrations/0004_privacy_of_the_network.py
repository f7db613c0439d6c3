"""The privacy page tells of the network and of the link; where staff edited it, it is theirs to say."""

from importlib import import_module

from django.db import migrations

pages = import_module("flexpledge.migrations.0001_default_pages")

END = "</tbody></table>"
ROWS = """\
<tr><th scope="row">The network you signed from, not your whole address there</th><td>To find floods of sign-ups by programs</td><td>30 days</td></tr>
<tr><th scope="row">Whose link you followed, and how that link was marked</th><td>To count friends for whoever invited you, and to see which of our letters people read</td><td>Until you have your name erased</td></tr>
"""


def replace(apps, old, new):
    apps.get_model("flatpages", "FlatPage").objects.filter(url="/privacy/", content=old).update(
        content=new
    )


def contents():
    """The page before and after."""
    before = pages.content_of("/privacy/")
    return before, before.replace(END, ROWS + END, 1)


def tell(apps, schema_editor):
    before, after = contents()
    replace(apps, before, after)


def tell_no_more(apps, schema_editor):
    before, after = contents()
    replace(apps, after, before)


class Migration(migrations.Migration):
    dependencies = [("flexpledge", "0003_sessions")]

    operations = [migrations.RunPython(tell, tell_no_more)]
