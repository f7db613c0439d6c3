import coalition.search
import common.tokens
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("coalition", "0001_name_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "folded_name",
                    models.GeneratedField(
                        db_persist=True,
                        expression=coalition.search.Fold("name"),
                        output_field=models.TextField(),
                    ),
                ),
                ("slug", models.SlugField(max_length=80, verbose_name="slug")),
                (
                    "code",
                    models.CharField(
                        default=common.tokens.new_code,
                        max_length=10,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("company", "Company"),
                            ("nonprofit", "Nonprofit"),
                            ("academic", "Academic institution"),
                            ("leader", "Business leader"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("lapsed", "Lapsed"),
                        ],
                        db_index=True,
                        default="pending",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("website", models.URLField(verbose_name="website")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                (
                    "flexibility",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("remote", "Remote work"),
                                ("schedule", "Flexible schedule"),
                                ("part_time", "Part-time"),
                                ("freelance", "Freelance or contract"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="flexibility",
                    ),
                ),
                ("statement", models.CharField(max_length=600, verbose_name="statement")),
                ("logo", models.FileField(blank=True, upload_to="logos/", verbose_name="logo")),
                (
                    "logo_width",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="logo width (px)"
                    ),
                ),
                (
                    "logo_height",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="logo height (px)"
                    ),
                ),
                (
                    "logo_alt",
                    models.CharField(blank=True, max_length=200, verbose_name="logo described"),
                ),
                ("contact_name", models.CharField(max_length=200, verbose_name="contact name")),
                ("contact_role", models.CharField(max_length=200, verbose_name="contact role")),
                ("contact_email", models.EmailField(max_length=254, verbose_name="contact email")),
                (
                    "contact_confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="contact confirmed"),
                ),
                (
                    "authority_confirmed_at",
                    models.DateTimeField(verbose_name="said to speak for the organisation"),
                ),
                ("created_at", models.DateTimeField(verbose_name="applied")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="joined")),
            ],
            options={
                "verbose_name": "member",
                "verbose_name_plural": "members",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["folded_name"],
                        name="member_name_trigrams",
                        opclasses=["gin_trgm_ops"],
                    ),
                    models.Index(
                        condition=models.Q(("status", "approved")),
                        fields=["folded_name", "id"],
                        name="member_listed_by_name",
                    ),
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["created_at"],
                        name="member_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("slug",), name="member_slug_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["company", "nonprofit", "academic", "leader"])
                        ),
                        name="member_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["pending", "approved", "declined", "lapsed"])
                        ),
                        name="member_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "flexibility__contained_by",
                                ["remote", "schedule", "part_time", "freelance"],
                            )
                        ),
                        name="member_flexibility_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["approved", "lapsed"]), _negated=True),
                            ("approved_at__isnull", False),
                            _connector="OR",
                        ),
                        name="member_joined_once_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^[A-Z]{2}$")),
                        name="member_country_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="member_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("logo", ""), ("logo_height", None), ("logo_width", None)),
                            models.Q(
                                models.Q(("logo", ""), _negated=True),
                                models.Q(("logo_alt", ""), _negated=True),
                                ("logo_height__gt", 0),
                                ("logo_width__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="member_logo_sized_and_described",
                    ),
                ],
            },
        ),
    ]
