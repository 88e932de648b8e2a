"""Normal forms of what people typed: telephone numbers, addresses, dates, languages."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import phonenumbers

from espi.platform.addresses import mail_address

MOBILE = re.compile(r"\+628[1-9]\d{7,10}")
EXCEL_EPOCH = date(1899, 12, 30)
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d")


def phone(text: str) -> str:
    """Return a telephone number as E.164, or an empty text if it is not a telephone number.

    Indonesian mobile numbers are recognised by a rule; the library is asked for all others.
    """
    raw = text.strip().lstrip("'=")
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", raw):  # spreadsheets write long numbers as 6.28E+12
        raw = str(int(float(raw)))
    digits = re.sub(r"[\s().\-/]", "", raw)
    if digits.startswith("0"):
        digits = "+62" + digits[1:]
    elif digits.startswith("62"):
        digits = "+" + digits
    elif digits.startswith("8"):
        digits = "+62" + digits
    if MOBILE.fullmatch(digits):
        return digits
    try:
        number = phonenumbers.parse(digits, "ID")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str:
    """Return an e-mail address in lower case, or an empty text if mail cannot be sent to it."""
    return mail_address(text)


def day(text: str) -> date | None:
    """Return a date, or nothing if the text is not a date.

    Day before month, as lists in Indonesia have it; a number of five digits is a spreadsheet's day.
    """
    raw = text.strip()
    if re.fullmatch(r"\d{5}", raw):
        return EXCEL_EPOCH + timedelta(days=int(raw))
    for pattern in DATE_FORMATS:
        try:
            parsed = datetime.strptime(raw.split(" ")[0], pattern).date()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
        # Other years are a mistyped date: nobody on a list started to work then.
        return parsed if date(1930, 1, 1) <= parsed <= date(2100, 1, 1) else None
    return None


def language(text: str) -> str:
    """Return ``en`` for any spelling of English, otherwise ``id``."""
    return "en" if text.strip().lower()[:3] in {"en", "eng", "ing"} else "id"
