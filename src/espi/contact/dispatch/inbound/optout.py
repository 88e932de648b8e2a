"""Whether somebody who writes back asks to be left alone.

A stop word among the first few words of a line counts, however it is dressed: signs, emoji, other
letter forms, polite words around it. Where the words around it turn its meaning (a negation, a
question, "I have stopped working there") nothing is decided here: the reply is kept for a person.
To be left alone once too often does less harm than to be written to again after saying stop.
"""

from __future__ import annotations

import re

from espi.platform.text import visible, words

FEW = 5  # words of a line, and of clauses before it, among which a stop word is looked for
# Spelled as people type it on a phone; a last letter may be held down ("STOPPP").
_STOP = re.compile(
    r"(berhenti|berenti|brhenti|brenti)(kan)?|hentikan|se?top|stop(all|promo|promosi|promotions)?|unsub(scribe)?|optout"
)
_HELD_DOWN = re.compile(r"(\w)\1+$")
# They mean stop only where nothing else is said ("cancel", but not "cancel my appointment").
_ALONE = {"cancel", "end", "quit", "batal", "batalkan", "keluar", "remove", "hapus"}
_POLITE = """
    tolong mohon minta harap please pls plz saya aku kami me my mau ingin pak bapak bu ibu kak mas
    mbak min admin ya yah dong deh aja saja terima kasih makasih trims thanks thank you halo hai hi
    selamat pagi siang sore malam sekarang now all semua
"""
_NEGATIONS = """
    jangan jgn jng tidak tdk tak gak ga gk nggak ngga enggak bukan belum blm tanpa
    not dont don doesn never no non cannot won
"""
_QUESTIONS = "kapan kenapa mengapa apakah apa bagaimana gimana when why how what who"
_ALREADY = "sudah sdh udah udh telah pernah already has have had was were"
_OF_WORK = "bekerja kerja bertugas berlaku beroperasi menjadi jadi working being"
POLITE, NEGATIONS, QUESTIONS, ALREADY, OF_WORK = (
    frozenset(text.split()) for text in (_POLITE, _NEGATIONS, _QUESTIONS, _ALREADY, _OF_WORK)
)
_CLAUSE = re.compile(r"[.,;:!?…/]+(?=\s|$)")


def wants_to_stop(text: str) -> bool:
    """Say whether a reply surely asks to be left alone."""
    lines = visible(text).split("\n")
    return any(_in_line(line) for line in lines) or _is_alone(words(text))


def _in_line(line: str) -> bool:
    before = 0
    for clause in _CLAUSE.split(line):
        spoken = words(clause)
        for index, word in enumerate(spoken):
            if before + index >= FEW:
                return False
            if is_stop_word(word) and not _is_turned(spoken, index):
                return True
        before += len(spoken)
    return False


def is_stop_word(word: str) -> bool:
    """Say whether a word, as ``platform.text.words`` returns it, is a stop word."""
    return bool(_STOP.fullmatch(word) or _STOP.fullmatch(_HELD_DOWN.sub(r"\1", word)))


def _is_turned(spoken: list[str], index: int) -> bool:
    """Say whether the words of a clause turn the meaning of its stop word."""
    ahead, after = spoken[:index], spoken[index + 1 : index + 2]
    return bool(
        NEGATIONS & set(ahead[-2:])
        or ALREADY & set(ahead[-1:])
        or QUESTIONS & set(ahead)
        or OF_WORK & set(after)
    )


def _is_alone(spoken: list[str]) -> bool:
    if "opt" in spoken and "out" in spoken[spoken.index("opt") : spoken.index("opt") + 2]:
        return len(spoken) <= FEW and not NEGATIONS & set(spoken)
    return bool(_ALONE & set(spoken)) and not set(spoken) - _ALONE - POLITE
