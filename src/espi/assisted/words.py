"""Every sentence of the assisted booth, in both languages; promises are those of level L0."""

from __future__ import annotations

Text = dict[str, str]

WORDS: dict[str, Text] = {
    "title": {"id": "Survei Penilaian Integritas", "en": "Integrity Assessment Survey"},
    "rehearsal": {
        "id": "Latihan: negara rekaan. Tidak ada instansi, orang, atau nilai yang nyata.",
        "en": "Rehearsal: a fictional nation. No agency, person or score is real.",
    },
    "other": {"id": "English", "en": "Bahasa Indonesia"},
    "trust": {
        "id": "Pada peramban ini Anda harus memercayai server kami selama menjawab. Jawaban Anda "
        "tidak disimpan bersama nama Anda. Untuk perlindungan yang lebih kuat, buka tautan dengan "
        "Chrome, Firefox, atau Safari.",
        "en": "On this browser you must trust our server while you answer. Your answers are not "
        "stored with your name. For the stronger protection open the link in Chrome, Firefox or "
        "Safari.",
    },
    "promise_used": {
        "id": "Kode Anda hanya menunjukkan bahwa Anda terpilih dan apakah Anda sudah selesai, agar "
        "kami berhenti mengingatkan.",
        "en": "Your code shows only that you were selected and whether you have finished, so that "
        "we stop reminding you.",
    },
    "promise_sealed": {
        "id": "Setelah dikirim, jawaban Anda terkunci. Dua dari tiga pemegang kunci harus "
        "bersama-sama membukanya setelah survei ditutup.",
        "en": "Once sent, your answers are locked. Two of three key holders must open them "
        "together, after the survey closes.",
    },
    "promise_counted": {
        "id": "Anda dapat memeriksa bahwa amplop Anda ikut dihitung. Hasil hanya ditampilkan untuk "
        "kelompok sepuluh orang atau lebih.",
        "en": "You can check that your envelope was counted. Results are shown only for groups of "
        "ten or more.",
    },
    "unsaved": {
        "id": "Halaman ini tidak menyimpan draf: jika Anda menutupnya, jawaban hilang.",
        "en": "This page keeps no draft: if you close it, the answers are gone.",
    },
    "code": {"id": "Kode pribadi dari pesan Anda", "en": "Personal code from your message"},
    "code_help": {
        "id": "26 huruf dan angka. Huruf besar atau kecil tidak berpengaruh.",
        "en": "26 letters and digits. Capitals do not matter.",
    },
    "start": {"id": "Mulai", "en": "Start"},
    "about": {"id": "Tentang", "en": "About"},
    "step": {"id": "Bagian", "en": "Section"},
    "of": {"id": "dari", "en": "of"},
    "next": {"id": "Lanjut", "en": "Next"},
    "back": {"id": "Kembali", "en": "Back"},
    "mend": {
        "id": "Masih ada pertanyaan tanpa jawaban",
        "en": "Some questions have no answer yet",
    },
    "choose": {"id": "Pilih satu jawaban", "en": "Choose one answer"},
    "review": {"id": "Periksa jawaban Anda", "en": "Review your answers"},
    "final": {
        "id": "Setelah dikirim, jawaban tidak dapat diubah atau dilihat lagi, juga oleh Anda.",
        "en": "Once sent, answers can no longer be changed or seen, not even by you.",
    },
    "send": {"id": "Kunci dan kirim", "en": "Lock and send"},
    "again": {"id": "Coba kirim lagi", "en": "Try sending again"},
    "not_yet": {
        "id": "Amplop Anda sudah terkunci tetapi belum terkirim. Jangan tutup halaman ini; coba "
        "lagi.",
        "en": "Your envelope is locked but not sent yet. Do not close this page; try again.",
    },
    "thanks": {"id": "Terima kasih", "en": "Thank you"},
    "in_box": {
        "id": "Amplop Anda sudah masuk ke kotak. Server ini tidak menyimpan jawaban Anda.",
        "en": "Your envelope is in the box. This server has stored no answer of yours.",
    },
    "receipt": {"id": "Kode cek amplop Anda", "en": "Check code of your envelope"},
    "receipt_text": {
        "id": "Kode ini menunjukkan bahwa sebuah amplop ikut dihitung, bukan apa isinya.",
        "en": "This code shows that an envelope was counted, never what is in it.",
    },
    "group": {"id": "Kelompok amplop", "en": "Group of the envelope"},
    "check": {"id": "Periksa amplop", "en": "Check the envelope"},
    "malformed": {
        "id": "Kode ini tidak lengkap atau salah ketik.",
        "en": "This code is incomplete or mistyped.",
    },
    "finished": {
        "id": "Survei ini sudah diisi dengan kode Anda. Terima kasih. Jika bukan Anda yang "
        "mengisi, laporkan kepada pengirim resmi.",
        "en": "This survey has been answered with your code. Thank you. If it was not you, tell "
        "the official sender.",
    },
    "stopped": {
        "id": "Anda meminta agar tidak dihubungi lagi, jadi kode ini tidak berlaku.",
        "en": "You asked not to be contacted again, so this code no longer works.",
    },
    "expired": {"id": "Survei ini sudah ditutup.", "en": "This survey is closed."},
    "over_unsent": {
        "id": "Survei ditutup sebelum jawaban Anda sampai, jadi jawaban Anda tidak dihitung. Tidak "
        "ada yang membacanya, dan halaman ini tidak menyimpannya.",
        "en": "The survey was closed before your answers arrived, so they are not counted. Nobody "
        "has read them, and this page keeps nothing of them.",
    },
    "unreachable": {
        "id": "Tidak ada sambungan ke server survei. Tidak ada yang terkirim; coba lagi.",
        "en": "The survey's server cannot be reached. Nothing was sent; try again.",
    },
    "not_published": {
        "id": "Kunci survei tidak cocok dengan daftar yang diumumkan. Demi keamanan Anda, tidak "
        "ada yang dikirim. Laporkan kepada pengirim resmi.",
        "en": "The survey's key does not match the published directory. For your safety nothing "
        "was sent. Tell the official sender.",
    },
    "stale": {
        "id": "Halaman ini terlalu lama atau server sudah dimulai ulang. Mulailah lagi dengan kode "
        "Anda; jika amplop Anda sudah mendapat cap, Anda akan diberi tahu.",
        "en": "This page is too old or the server was restarted. Begin again with your code; if "
        "your envelope had its stamp already, you will be told.",
    },
    "bad_request": {
        "id": "Permintaan ini tidak dapat dibaca. Mulailah lagi.",
        "en": "This request cannot be read. Begin again.",
    },
    "no_answer": {"id": "tanpa jawaban", "en": "no answer"},
}


def say(language: str, key: str) -> str:
    """Return a sentence."""
    return WORDS[key][language]
