from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="bio",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Shown above the list of the author's posts. Plain text.",
                max_length=1000,
                verbose_name="about the author",
            ),
        ),
    ]
