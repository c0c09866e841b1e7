"""WSGI entry: gunicorn app:app."""

from kz_admin import create_app

app = create_app()
