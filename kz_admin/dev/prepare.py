"""`python -m kz_admin.dev.prepare`: migrations and demo data, before anything else may use the database."""

from flask_migrate import upgrade

from kz_admin import create_app
from kz_admin.services import demo


def main() -> None:
    app = create_app()
    with app.app_context():
        upgrade()
        demo.load()


if __name__ == "__main__":
    main()
