"""The portal's own pages: one for everybody, two for whoever has signed in."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import current_user, login_required

from flask_portal.forms import Enrolment

blueprint = Blueprint("portal", __name__)


@blueprint.get("/")
def home() -> str:
    """Welcome everybody."""
    return render_template("home.html")


@blueprint.get("/la-mia-pagina")
@login_required
def mine() -> str:
    """Greet whoever has signed in; the account is the library's."""
    return render_template("mine.html", account=current_user.account)


@blueprint.route("/immatricolazione", methods=["GET", "POST"])
@login_required
def enrol() -> str:
    """Take an enrolment: the service that the procedure lists, and leads to."""
    form = Enrolment()
    enrolled = form.course.data if form.validate_on_submit() else ""
    return render_template("enrol.html", form=form, enrolled=enrolled)
