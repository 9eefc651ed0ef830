"""Records of a run are proved of what they name by set; indexes begin with what is asked."""

from django.db import migrations, models

from tieout.store.postgres.files import functions_anew


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0005_lines_by_set"),
        ("ledger", "0005_keys_by_set"),
        ("reconciliation", "0008_proved_books"),
        ("tenancy", "0005_notes_by_id"),
    ]

    operations = [
        functions_anew("reconciliation/proofs"),
        migrations.RemoveConstraint(
            model_name="decidedrecord",
            name="reconciliation_decidedrecord_identity",
        ),
        migrations.RemoveConstraint(
            model_name="decidedrecord",
            name="reconciliation_decidedrecord_line",
        ),
        migrations.RemoveConstraint(
            model_name="decidedrecord",
            name="reconciliation_decidedrecord_posting",
        ),
        migrations.RemoveConstraint(
            model_name="matchgroup",
            name="reconciliation_matchgroup_once",
        ),
        migrations.RemoveConstraint(
            model_name="runrecord",
            name="reconciliation_runrecord_identity",
        ),
        migrations.RemoveConstraint(
            model_name="runrecord",
            name="reconciliation_runrecord_run_key",
        ),
        migrations.RemoveConstraint(
            model_name="runrecord",
            name="reconciliation_runrecord_line_key",
        ),
        migrations.RemoveConstraint(
            model_name="runrecord",
            name="reconciliation_runrecord_posting_key",
        ),
        migrations.RemoveConstraint(
            model_name="runrecord",
            name="reconciliation_runrecord_group_key",
        ),
        migrations.RemoveConstraint(
            model_name="runrecord",
            name="reconciliation_runrecord_line",
        ),
        migrations.RemoveConstraint(
            model_name="runrecord",
            name="reconciliation_runrecord_posting",
        ),
        migrations.RemoveIndex(
            model_name="decidedrecord",
            name="reconciliation_decided_line",
        ),
        migrations.RemoveIndex(
            model_name="decidedrecord",
            name="reconciliation_decided_posting",
        ),
        migrations.RemoveIndex(
            model_name="decision",
            name="reconciliation_decided_of",
        ),
        migrations.RemoveIndex(
            model_name="decision",
            name="reconciliation_decided_group",
        ),
        migrations.RemoveIndex(
            model_name="matchgroup",
            name="reconciliation_group_queue",
        ),
        migrations.RemoveIndex(
            model_name="runrecord",
            name="reconciliation_runrecord_of",
        ),
        migrations.RemoveIndex(
            model_name="runrecord",
            name="reconciliation_unmatched",
        ),
        migrations.AddIndex(
            model_name="decidedrecord",
            index=models.Index(fields=["line"], name="reconciliation_decided_line"),
        ),
        migrations.AddIndex(
            model_name="decidedrecord",
            index=models.Index(fields=["posting"], name="reconciliation_decided_posting"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["reconciliation", "id"], name="reconciliation_decided_of"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["group"], name="reconciliation_decided_group"),
        ),
        migrations.AddIndex(
            model_name="matchgroup",
            index=models.Index(
                fields=["run", "status", "score", "id"], name="reconciliation_group_queue"
            ),
        ),
        migrations.AddIndex(
            model_name="runrecord",
            index=models.Index(fields=["group"], name="reconciliation_runrecord_of"),
        ),
        migrations.AddIndex(
            model_name="runrecord",
            index=models.Index(
                condition=models.Q(("group__isnull", True)),
                fields=["run", "side", "reason", "id"],
                name="reconciliation_unmatched",
            ),
        ),
        migrations.AddIndex(
            model_name="runrecord",
            index=models.Index(
                condition=models.Q(("group__isnull", True)),
                fields=["run", "id"],
                name="reconciliation_unmatched_all",
            ),
        ),
        migrations.AddIndex(
            model_name="runrecord",
            index=models.Index(
                condition=models.Q(("group__isnull", True)),
                fields=["run", "side", "id"],
                name="reconciliation_unmatched_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="decidedrecord",
            constraint=models.UniqueConstraint(
                fields=("decision", "line"), name="reconciliation_decidedrecord_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="decidedrecord",
            constraint=models.UniqueConstraint(
                fields=("decision", "posting"), name="reconciliation_decidedrecord_posting"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchgroup",
            constraint=models.UniqueConstraint(
                fields=("run", "name"), name="reconciliation_matchgroup_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="runrecord",
            constraint=models.UniqueConstraint(
                fields=("run", "line"), name="reconciliation_runrecord_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="runrecord",
            constraint=models.UniqueConstraint(
                fields=("run", "posting"), name="reconciliation_runrecord_posting"
            ),
        ),
    ]
