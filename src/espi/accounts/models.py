"""Accounts of the staff, with their roles, and counts of failed sign-ins."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The task of a member of staff; it decides which pages and actions are open."""

    AUTHORITY = "authority", _("Survey authority")
    CONTRACTOR = "contractor", _("Fieldwork contractor")
    LIAISON = "liaison", _("Agency liaison")
    AUDITOR = "auditor", _("Auditor")


class Staff(AbstractUser):
    """A member of staff of the authority, the contractor or an agency. Never a respondent.

    Attributes:
        session_epoch: raised by one to end every session of the account at once.
    """

    role = models.CharField(max_length=16, choices=Role.choices)
    agency_code = models.SlugField(blank=True, help_text="The agency of a liaison.")
    session_epoch = models.PositiveIntegerField(default=0)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="staff_role_known", condition=Q(role__in=[role.value for role in Role])
            ),
            models.CheckConstraint(
                name="staff_liaison_has_agency",
                condition=~Q(role="liaison") | ~Q(agency_code=""),
            ),
        ]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must match to stay valid: password and ``session_epoch``."""
        salt = "espi.accounts.models.Staff.session"
        value = f"{self.password}\0{self.session_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class Authenticator(models.Model):
    """The authenticator app of a member of staff, the second factor of a sign-in.

    Attributes:
        secret: shared with the app, encrypted (``accounts.sealed``).
        last_step: time step of the last code that was used; no code is taken twice.
        added_on: the day on which it was set up.
    """

    staff = models.OneToOneField(Staff, on_delete=models.CASCADE, related_name="authenticator")
    secret = models.BinaryField()
    last_step = models.PositiveBigIntegerField(default=0)
    added_on = models.DateField()

    def __str__(self) -> str:
        return self.staff.username


class RecoveryCode(models.Model):
    """A code that opens an account once when the phone is lost; deleted when it is used.

    Attributes:
        digest: keyed hash of the code, 64 hexadecimal digits.
    """

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "digest"], name="recovery_once")]

    def __str__(self) -> str:
        return self.staff.username


class SignInLimit(models.Model):
    """A count of recent failed sign-ins to one account, from one network, or both.

    Neither a name nor an address is stored. ``slot`` is 20 bits of a keyed hash of them: too few
    to tell which of thousands of networks it stands for, even for whoever holds the key.

    Attributes:
        failures: how many, less those that were forgotten since (``accounts.limits``).
        failed_at: when the last one happened; rows older than a day are deleted.
    """

    class Kind(models.TextChoices):
        """What the counted sign-ins have in common."""

        PAIR = "pair", "account and network"
        ACCOUNT = "account", "account"
        NETWORK = "network", "network"
        DEVICE = "device", "browser that has signed in to the account before"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    slot = models.PositiveIntegerField()
    failures = models.FloatField(default=0)
    failed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "slot"], name="sign_in_limit_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.slot}: {self.failures:.1f}"
