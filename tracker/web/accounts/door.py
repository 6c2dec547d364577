"""The blueprint of this door."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
