"""A version of settings may come of a profile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0007_prove_again"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="settingsproposal",
            name="tenancy_settingsproposal_verb_word",
        ),
        migrations.RemoveConstraint(
            model_name="settingsversion",
            name="tenancy_settingsversion_text",
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "verb__in",
                        [
                            "choose_profile",
                            "import_settings",
                            "promote_settings",
                            "roll_back_settings",
                        ],
                    )
                ),
                name="tenancy_settingsproposal_verb_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("proposal__isnull", False),
                        (
                            "verb__in",
                            (
                                "choose_profile",
                                "import_settings",
                                "promote_settings",
                                "roll_back_settings",
                            ),
                        ),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "verb__in",
                                (
                                    "choose_profile",
                                    "import_settings",
                                    "promote_settings",
                                    "roll_back_settings",
                                ),
                            ),
                            _negated=True,
                        ),
                        ("proposal__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="tenancy_settingsversion_text",
            ),
        ),
    ]
