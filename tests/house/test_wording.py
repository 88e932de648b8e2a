"""What respondents are told stands in one place, in both languages, and everything else follows."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from espi.wording.catalogue import LANGUAGES, sentences
from espi.wording.derived import derived_files

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = "|".join(sorted({key.split(".")[0] for key in sentences("id")}))
FILES = r"(?:css|csv|js|json|typ)\b"  # names of files are no keys
HOSTS = r"""example["']"""  # nor are names of hosts for examples (RFC 2606): ``survey.example``
KEY = re.compile(rf"""["']((?:{SECTIONS})\.(?!{FILES}|{HOSTS})[a-z0-9_.]+)["']""")
BY_TEMPLATE = re.compile(r"messages\.\w+\.\w+")  # looked up by the name of a message's template
READERS = (".py", ".ts", ".html")


def keys_in_source():
    """Return every key that a program or a template names."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "src", "frontend"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return {
        key: name
        for name in listed
        if name.endswith(READERS) and (ROOT / name).is_file()
        for key in KEY.findall((ROOT / name).read_text("utf-8"))
    }


def test_each_sentence_stands_in_both_languages():
    """Same sections, same keys, same order; the same facts are filled in."""
    indonesian, english = (sentences(language) for language in LANGUAGES)
    facts = {
        key: (re.findall(r"\{(\w+)\}", text), re.findall(r"\{(\w+)\}", english[key]))
        for key, text in indonesian.items()
    }

    assert list(indonesian) == list(english)
    assert {
        key for key, (id_facts, en_facts) in facts.items() if sorted(id_facts) != sorted(en_facts)
    } == set()


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ('say("id", "survey.title")', ["survey.title"]),
        ('say("id", "survey.titel")', ["survey.titel"]),
        ("{% say 'survey.example_text' %}", ["survey.example_text"]),
        ('example="survey.example"', []),
        ('open("booth.json")', []),
    ],
)
def test_what_a_key_is(code, keys):
    """A section that exists and a name, mistyped or not; neither a file nor an example host."""
    assert KEY.findall(code) == keys


def test_every_key_in_the_source_has_a_sentence():
    """A mistyped key would fail only when its page is shown."""
    unknown = {key: name for key, name in keys_in_source().items() if key not in sentences("id")}

    assert unknown == {}


def test_every_sentence_is_used():
    """A lawyer reads nothing that no respondent is shown."""
    used = keys_in_source()
    unused = {key for key in sentences("id") if not BY_TEMPLATE.fullmatch(key) and key not in used}

    assert unused == set()


@pytest.mark.parametrize("name", derived_files())
def test_what_is_made_from_the_sentences_is_up_to_date(name):
    """The booth's words, the carrier's templates and the readable pages; else: make frontend."""
    assert (ROOT / name).read_text("utf-8") == derived_files()[name]


def test_the_two_codes_have_two_names():
    """A message carries an authenticity code; a counted envelope has a ballot check code."""
    bare = re.compile(r"\bkode cek\b(?! jawaban)|(?<!ballot )\bcheck code\b", re.IGNORECASE)
    ambiguous = {
        (language, key)
        for language in LANGUAGES
        for key, text in sentences(language).items()
        if bare.search(text)
    }

    assert ambiguous == set()
