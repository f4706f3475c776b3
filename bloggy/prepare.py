"""What bin/run does to the database, in one process that ends before gunicorn forks: Django is loaded only once."""

from bloggy.commandline import run

STEPS = (
    ("migrate", "--verbosity", "0"),
    ("seed_demo", "--first-run"),
)

if __name__ == "__main__":
    for step in STEPS:
        run(["manage.py", *step])
