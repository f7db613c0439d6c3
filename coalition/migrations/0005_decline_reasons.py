from django.db import migrations

REASONS = [
    (
        "No word on how it works",
        "Please tell us how flexibility works with you day to day: which kind you offer, to whom, "
        "and what you have agreed. Then apply again.",
    ),
    (
        "Cannot tell who speaks",
        "We could not tell that you may speak for the organisation. Please apply again from an "
        "address at its own domain, or ask a colleague who has one.",
    ),
    (
        "Listed already",
        "You are in the coalition already. Ask for the link to your page to change what it says.",
    ),
    (
        "Website does not fit",
        "The website does not open, or is not that of the organisation you named. Please check "
        "the address and apply again.",
    ),
    (
        "An advertisement",
        "The text advertises a product. Members say how they themselves practise flexibility. "
        "You are welcome to apply again with such a text.",
    ),
]


def write(apps, schema_editor):
    apps.get_model("coalition", "DeclineReason").objects.bulk_create(
        apps.get_model("coalition", "DeclineReason")(name=name, text=text, position=position)
        for position, (name, text) in enumerate(REASONS)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("coalition", "0004_proof_and_freshness"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
