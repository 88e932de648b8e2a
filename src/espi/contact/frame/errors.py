"""Refusals of population lists, each in a sentence that says how to mend the file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class FileTooLarge(Refusal):
    """The file is larger than any list."""

    sentence = _("The file has %(size)s MB; at most %(most)s MB can be read. Split it in two.")


class FileEmpty(Refusal):
    """The file has no rows below its header."""

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


class OtherWorkbook(WorkbookUnreadable):
    """The workbook is of a kind that is not opened: .xls, .xlsb or .ods."""

    sentence = _(
        "This is a workbook of another kind (%(kind)s), which is not opened. Open it in your "
        "spreadsheet program and save it as “Excel Workbook (.xlsx)”."
    )


class UnreadableText(Refusal):
    """The text is in an encoding that is not read."""

    sentence = _("The text of the file cannot be read. Save it as “CSV UTF-8” or as XLSX.")


class ColumnsMissing(Refusal):
    """The header lacks columns that the template has."""

    sentence = _(
        "Columns are missing: %(missing)s. The first row of the file has: %(found)s. Use the "
        "template, or rename the columns."
    )


class TooManyRows(Refusal):
    """More rows than one upload may have."""

    sentence = _(
        "The file has %(rows)s rows or more; at most %(most)s can be read. Split it in two."
    )


class TooManyColumns(Refusal):
    """A row of a CSV file has more cells than any list."""

    sentence = _(
        "Row %(row)s has more than %(most)s cells. Keep the columns of the template only, and save "
        "the file again."
    )


class CellTooLong(Refusal):
    """A cell holds more text than any cell of a list."""

    sentence = _(
        "Row %(row)s has a cell of more than %(most)s characters. Shorten it. If no cell there is "
        "that long, a quotation mark in this row or before it is not closed."
    )


class TooMuchText(Refusal):
    """The cells of a sheet hold more text than a list may have."""

    sentence = _(
        "The sheet holds more than %(most)s million characters. Keep the columns of the template "
        "only, or split the list in two."
    )


class UsedAreaTooLarge(Refusal):
    """A cell far below or beside the list is in use; a blank in it is enough."""

    sentence = _(
        "The sheet is in use as far as cell %(cell)s, far away from the list; a blank is enough "
        "for that. Copy the list alone to a new workbook, save it and upload that file."
    )


class TooMuchToRead(Refusal):
    """Reading the file took more memory or time than the reader may have."""

    sentence = _(
        "The file needs more memory or time to be read than a list may take, and nothing was "
        "added. Copy the list alone to a new workbook, or split it in two, and upload that."
    )


class AlreadyUploaded(Refusal):
    """The very same file was uploaded before."""

    sentence = _(
        "Exactly this file was uploaded before; nothing was added. Mend the returned rows and "
        "upload that file instead."
    )


class StillBeingRead(Refusal):
    """The very same file was uploaded a moment ago and has not been read to its end."""

    sentence = _(
        "Exactly this file is being read now. Wait for what becomes of its rows; if nothing does, "
        "it can be uploaded again after %(minutes)s minutes."
    )


class ReadingFailed(Refusal):
    """The program failed while it read the list; its log says where."""

    sentence = _(
        "The list could not be read because of a fault in this program, and nothing was added. "
        "Tell the operator, and upload the list again later."
    )


class FrameClosed(Refusal):
    """The wave takes no lists now: its design is not settled, or its lists are closed."""

    sentence = _("Wave %(wave)s does not take lists in its phase “%(phase)s”.")


class UnknownList(Refusal):
    """There is no such agency in the wave, or no such group."""

    sentence = _("There is no list “%(group)s” of an agency “%(agency)s” in this wave.")


class NoSuchUpload(Refusal):
    """No list has been uploaded under this number."""

    sentence = _(
        "There is no upload %(number)s. Its number is the last word that the import printed."
    )
