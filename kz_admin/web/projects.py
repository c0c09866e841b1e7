"""Projects: pieces of work for one client."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from markupsafe import Markup

from kz_admin import ids
from kz_admin.domain.failures import NotFound
from kz_admin.models.project import Project
from kz_admin.services.documents import clients, projects
from kz_admin.services.documents.projects import Details
from kz_admin.web.access import tenant_id
from kz_admin.web.fields import EditForm, NamedField, NewForm
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.nouns import Noun, Pages
from kz_admin.web.pickers import client_named, label_of
from kz_admin.web.show import exact

bp = Blueprint("projects", __name__, url_prefix="/kz-admin/projects")


class ProjectFields(KzForm):
    client = NamedField("Client", client_named, required="Choose a client.", description="Name or e-mail address.")
    name = text_field("Name", 300)
    code = text_field("Code", 60, required=False, description="As your platform calls it, if it does.")

    def details(self) -> Details:
        return Details(self.client.found.id, self.name.data or "", self.code.data or "")


class NewProject(ProjectFields, NewForm):
    def __init__(self, **kwargs: Any) -> None:
        try:
            kwargs.setdefault("data", {"client": label_of(_named_in_address())})
        except NotFound:
            kwargs.pop("data", None)
        super().__init__(**kwargs)


class EditProject(ProjectFields, EditForm):
    @staticmethod
    def values_of(project: Project) -> dict[str, Any]:
        return {
            "client": label_of(project.client),
            "name": project.name,
            "code": project.code,
            "version": project.version,
        }


def _named_in_address() -> Any:
    return clients.find(tenant_id(), ids.parse(request.args.get("client", "")))


def _facts(project: Project) -> list[tuple[str, Any]]:
    client = Markup('<a href="{}">{}</a>').format(
        url_for("clients.show", client=project.client_id), project.client.name
    )
    return [("Client", client), ("Code", project.code), ("Added", exact(project.created_at))]


NOUN = Noun(
    word="project",
    plural="projects",
    about="Pieces of work for one client. Over there they can become sub-customers.",
    icon="overview",
    service=projects,
    listed=projects.list_projects,
    new_form=NewProject,
    edit_form=EditProject,
    argument="project",
    sections=(("Project", "", ("client", "name", "code")),),
    facts=_facts,
    choices=lambda: {"client": [label_of(client) for client in clients.choices(tenant_id(), "")]},
)
Pages(bp, NOUN).route()
