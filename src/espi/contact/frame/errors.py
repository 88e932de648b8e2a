"""What can be wrong with a list, each in a sentence that says how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class FileTooLarge(Refusal):
    """The file is larger than any list."""

    sentence = _("The file has %(size)s MB; at most %(most)s MB can be read. Split it in two.")


class FileEmpty(Refusal):
    """There is nothing in the file but perhaps a header."""

    sentence = _("The file has no rows below its header. Fill in the template and upload it again.")


class NotASpreadsheet(Refusal):
    """The content is neither CSV nor XLSX, whatever the name says."""

    sentence = _("This is not a CSV or XLSX file. Save the list as “Excel Workbook (.xlsx)”.")


class HasMacros(Refusal):
    """The workbook carries macros, which are never opened."""

    sentence = _(
        "The workbook contains macros and was not opened. Save it as “Excel Workbook (.xlsx)”, "
        "without macros."
    )


class WorkbookUnreadable(Refusal):
    """The workbook is protected by a password or damaged."""

    sentence = _(
        "The workbook cannot be opened: it is damaged or protected by a password. Remove the "
        "password, save it again and upload the new file."
    )


class UnreadableText(Refusal):
    """The text is in no encoding that lists come in."""

    sentence = _("The text of the file cannot be read. Save it as “CSV UTF-8” or as XLSX.")


class ColumnsMissing(Refusal):
    """The header lacks columns that the template has."""

    sentence = _(
        "Columns are missing: %(missing)s. The first row of the file has: %(found)s. Use the "
        "template, or rename the columns."
    )


class TooManyRows(Refusal):
    """More rows than one upload may have."""

    sentence = _("The file has %(rows)s rows; at most %(most)s can be read. Split it in two.")


class AlreadyUploaded(Refusal):
    """The very same file was uploaded before."""

    sentence = _(
        "Exactly this file was uploaded before; nothing was added. Mend the returned rows and "
        "upload that file instead."
    )


class FrameClosed(Refusal):
    """Lists are no longer taken: not yet, or the sample has been drawn."""

    sentence = _("Wave %(wave)s does not take lists in its phase “%(phase)s”.")


class UnknownList(Refusal):
    """There is no such agency in the wave, or no such group."""

    sentence = _("There is no list “%(group)s” of an agency “%(agency)s” in this wave.")
