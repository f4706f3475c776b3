from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0002_triggers")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="is_featured",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Stands first on the first page; of several, the three newest ones.",
                verbose_name="featured",
            ),
        ),
    ]
