"""The portal's own form, whose Italian data the library checks."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Optional

from registrazione.contrib.wtforms import Italian

COURSES = ["Fisica", "Lettere", "Matematica"]


class Enrolment(FlaskForm):
    """What somebody says who enrols."""

    course = SelectField("Corso di laurea", choices=COURSES)
    cap = StringField("CAP di residenza", validators=[InputRequired(), Italian("cap")])
    health_card = StringField("Tessera sanitaria", validators=[Optional(), Italian("health_card")])
