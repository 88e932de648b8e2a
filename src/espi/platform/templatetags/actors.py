"""``{{ line.actor|actor }}``: who acted, a person or not, in the language of the page."""

from __future__ import annotations

from django import template

from espi.platform.audit import actor_label

register = template.Library()
register.filter("actor", actor_label)
