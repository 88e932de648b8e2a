/** Every sentence of the booth, in both languages. Promises are those of docs/protocol, section "What may be said". */

export type Language = "id" | "en";
export type Text = Record<Language, string>;

const text = (id: string, en: string): Text => ({ id, en });

export const STRINGS = {
  rehearsal: text("Latihan: negara rekaan. Tidak ada instansi, orang, atau nilai yang nyata.", "Rehearsal: a fictional nation. No agency, person or score is real."),
  otherLanguage: text("English", "Bahasa Indonesia"),
  title: text("Survei Penilaian Integritas", "Integrity Assessment Survey"),
  loading: text("Memuat…", "Loading…"),
  // landing
  who: text("Siapa yang bertanya?", "Who is asking?"),
  whoText: text("Penyelenggara survei integritas, melalui pengirim resmi {sender}.", "The authority of the integrity survey, through its official sender {sender}."),
  why: text("Mengapa Anda?", "Why you?"),
  whyText: text("Anda terpilih secara acak dari daftar pegawai, pengguna layanan, atau ahli sebuah instansi, atau menerima kupon di loket layanannya. Instansi tidak diberi tahu siapa yang terpilih.", "You were drawn at random from a list of employees, service users or experts of an agency, or were handed a slip at its counter. The agency is not told who was drawn."),
  promise: text("Apa yang kami janjikan?", "What do we promise?"),
  promise1: text("Tautan Anda hanya menunjukkan bahwa Anda terpilih dan apakah Anda sudah selesai, agar kami berhenti mengingatkan.", "Your link shows only that you were selected and whether you have finished, so that we stop reminding you."),
  promise2: text("Jawaban Anda dikunci di ponsel Anda sendiri. Sebelum survei ditutup tidak ada kunci untuk membukanya di komputer kami; dua dari tiga pemegang kunci harus bersama-sama membukanya.", "Your answers are locked on your own phone. Until the survey closes our computers have no key to open them; two of three key holders must do it together."),
  promise3: text("Cap pada amplop dibuat sedemikian rupa sehingga data yang kami simpan tidak menunjukkan amplop mana milik Anda.", "The stamp on the envelope is made so that what we store does not show which envelope is yours."),
  promise4: text("Anda dapat memeriksa bahwa amplop Anda ikut dihitung. Hasil hanya ditampilkan untuk kelompok sepuluh orang atau lebih.", "You can check that your envelope was counted. Results are shown only for groups of ten or more."),
  level: text("Tingkat perlindungan {level}: pada survei ini satu penyelenggara menjalankan semua komputer. Jika ia sengaja mencatat waktu, ia dapat menghubungkan orang dengan amplop yang masih terkunci, tetapi tidak dengan isinya. Kami tidak dapat melindungi Anda dari orang yang melihat layar Anda.", "Level of protection {level}: in this survey one operator runs all computers. If it deliberately recorded times, it could link a person to a locked envelope, but not to what is in it. We cannot protect you from someone who watches your screen."),
  promise2Apart: text("Jawaban Anda dikunci di ponsel Anda sendiri. Tidak ada yang dapat membukanya sebelum survei ditutup, dan setelah itu hanya dua dari tiga lembaga independen bersama-sama.", "Your answers are locked on your own phone. Nobody can open them before the survey closes, and then only two of three independent bodies together."),
  promise3Apart: text("Cap yang membuat amplop Anda dihitung dibuat sedemikian rupa sehingga kami pun, dengan semua komputer kami, tidak dapat mengetahui amplop mana milik Anda.", "The stamp that lets your envelope be counted is made so that even we, with all our computers, cannot tell which envelope is yours."),
  levelL2: text("Tingkat perlindungan {level}: kotak amplop dijalankan oleh lembaga lain. Hanya jika kedua lembaga bersama-sama sengaja mencatat waktu, mereka dapat menghubungkan orang dengan amplop yang masih terkunci, tetapi tidak dengan isinya. Kami tidak dapat melindungi Anda dari orang yang melihat layar Anda.", "Level of protection {level}: the box is run by another body. Only if both bodies together deliberately recorded times could they link a person to a locked envelope, but not to what is in it. We cannot protect you from someone who watches your screen."),
  levelL3: text("Tingkat perlindungan {level}: kotak amplop dan perantara menuju kotak itu dijalankan oleh lembaga-lembaga lain, sehingga kotak tidak melihat dari mana sebuah amplop datang. Kami tidak dapat melindungi Anda dari orang yang melihat layar Anda.", "Level of protection {level}: the box, and the relay in front of it, are run by other bodies, so the box does not see where an envelope comes from. We cannot protect you from someone who watches your screen."),
  genuine: text("Apakah ini asli?", "Is this genuine?"),
  genuineText: text("Kami tidak pernah meminta kata sandi, OTP, NIK, rekening, pembayaran, atau memasang aplikasi. Periksa alamat di peramban Anda, lalu:", "We never ask for passwords, one-time codes, identity or bank numbers, payment, or to install an app. Check the address in your browser, then:"),
  senders: text("Daftar pengirim resmi", "Official senders"),
  checkMessage: text("Periksa kode pada pesan Anda", "Check the code in your message"),
  start: text("Mulai", "Start"),
  minutes: text("sekitar {minutes} menit", "about {minutes} minutes"),
  codeLabel: text("Kode pribadi dari pesan Anda", "Personal code from your message"),
  codeHelp: text("26 huruf dan angka. Huruf besar atau kecil tidak berpengaruh.", "26 letters and digits. Capitals do not matter."),
  shared: text("Perangkat ini dipakai bersama (jangan simpan draf)", "This device is shared (keep no draft)"),
  // practice and interviews
  practice: text("Salinan latihan", "Practice copy"),
  practiceText: text("Halaman ini sama dengan survei yang sebenarnya, tetapi tidak memerlukan undangan dan tidak mengirim apa pun. Siapa saja dapat membuat layar dan kode seperti ini.", "This page is the same as the real survey, but needs no invitation and sends nothing. Anybody can make a screen and a code like these."),
  setAside: text("Kunci sekarang, kirim nanti", "Lock now, send later"),
  asideText: text("Wawancara ini terkunci. Perangkat ini dan pewawancara tidak dapat membacanya lagi.", "This interview is locked. Neither this device nor the interviewer can read it again."),
  interviews: text("Wawancara yang menunggu: {n}", "Interviews waiting: {n}"),
  sendInterviews: text("Kirim semua", "Send all"),
  nextInterview: text("Wawancara berikutnya", "Next interview"),
  interviewsDone: text("Terkirim: {sent}. Ditolak: {refused}. Masih menunggu: {left}.", "Sent: {sent}. Refused: {refused}. Still waiting: {left}."),
  interviewerHears: text("Pewawancara mendengar jawaban Anda, dan jawaban dikunci di perangkat ini, bukan di ponsel Anda. Untuk pertanyaan yang peka, mintalah perangkatnya dan jawablah sendiri.", "The interviewer hears your answers, and they are locked on this device, not on your phone. For sensitive questions, ask for the device and answer yourself."),
  fullDevice: text("Perangkat ini tidak dapat menyimpan. Kirim sekarang.", "This device cannot keep anything. Send now."),
  // errors
  malformed: text("Kode ini tidak lengkap atau salah ketik. Kode terdiri atas 26 huruf dan angka; buka lagi tautan dari pesan Anda.", "This code is incomplete or mistyped. A code has 26 letters and digits; open the link in your message again."),
  offline: text("Tidak ada sambungan. Tidak ada yang hilang; coba lagi.", "There is no connection. Nothing is lost; try again."),
  finished: text("Survei ini sudah diisi dengan tautan Anda. Terima kasih. Jika bukan Anda yang mengisi, laporkan kepada pengirim resmi.", "This survey has been answered with your link. Thank you. If it was not you, tell the official sender."),
  closed: text("Survei ini sudah ditutup. Terima kasih atas perhatian Anda.", "This survey is closed. Thank you for your interest."),
  stopped: text("Anda meminta agar tidak dihubungi lagi, jadi tautan ini tidak berlaku.", "You asked not to be contacted again, so this link no longer works."),
  expired: text("Survei ini sudah ditutup. Terima kasih atas perhatian Anda.", "This survey is closed. Thank you for your interest."),
  overUnsent: text("Survei ditutup sebelum jawaban Anda sampai, jadi jawaban Anda tidak dihitung. Tidak ada yang membacanya.", "The survey was closed before your answers arrived, so they are not counted. Nobody has read them."),
  overWiped: text("Jawaban dan draf telah dihapus dari perangkat ini.", "Answers and draft have been wiped from this device."),
  overKept: text("Perangkat ini menolak menghapus draf yang terkunci; draf itu hanya dapat dibuka dengan kode Anda.", "This device refused to delete the locked draft; it can be opened with your code only."),
  unavailable: text("Survei tidak dapat dimuat. Muat ulang halaman ini.", "The survey could not be loaded. Reload this page."),
  badKey: text("Kunci survei tidak cocok dengan daftar kunci yang diumumkan. Demi keamanan Anda, tidak ada yang dikirim. Laporkan kepada pengirim resmi.", "The survey's key does not match the published directory. For your safety nothing was sent. Tell the official sender."),
  tooOld: text("Peramban ini tidak dapat mengunci jawaban. Buka tautan dengan Chrome, Firefox, atau Safari versi baru.", "This browser cannot lock answers. Open the link with a recent Chrome, Firefox or Safari."),
  // questionnaire
  about: text("Tentang {agency}", "About {agency}"),
  section: text("Bagian {n} dari {of}", "Section {n} of {of}"),
  needsAnswer: text("Pilih satu jawaban", "Choose one answer"),
  mend: text("Masih ada pertanyaan tanpa jawaban", "Some questions have no answer yet"),
  next: text("Lanjut", "Next"),
  back: text("Kembali", "Back"),
  saved: text("Draf hanya tersimpan di perangkat ini, terkunci dengan kode Anda, paling lama tujuh hari.", "The draft is kept on this device only, locked with your code, for seven days at most."),
  notSaved: text("Tidak ada draf yang disimpan di perangkat ini.", "No draft is kept on this device."),
  forget: text("Hapus draf", "Delete the draft"),
  // review
  review: text("Periksa jawaban Anda", "Review your answers"),
  reviewText: text("Setelah dikirim, jawaban tidak dapat diubah atau dilihat lagi, juga oleh Anda.", "Once sent, answers can no longer be changed or seen, not even by you."),
  change: text("Ubah", "Change"),
  send: text("Kunci dan kirim", "Lock and send"),
  noAnswer: text("tanpa jawaban", "no answer"),
  // sending
  sending: text("Mengunci dan mengirim…", "Locking and sending…"),
  retry: text("Coba kirim lagi", "Try sending again"),
  kept: text("Amplop yang terkunci tersimpan di perangkat ini. Jangan hapus data peramban sebelum terkirim.", "The locked envelope is kept on this device. Do not clear the browser before it is sent."),
  otherTab: text("Survei ini sedang dikirim di tab lain.", "This survey is being sent in another tab."),
  // thanks
  thanks: text("Terima kasih", "Thank you"),
  thanksText: text("Amplop Anda sudah masuk ke kotak. Jawaban dan draf telah dihapus dari perangkat ini.", "Your envelope is in the box. Answers and draft have been wiped from this device."),
  thanksKept: text("Amplop Anda sudah masuk ke kotak. Perangkat ini menolak menghapus draf yang terkunci; draf itu hanya dapat dibuka dengan kode Anda.", "Your envelope is in the box. This device refused to delete the locked draft; it can be opened with your code only."),
  receipt: text("Kode cek amplop Anda", "Check code of your envelope"),
  receiptText: text("Kode ini menunjukkan bahwa sebuah amplop ikut dihitung, bukan apa isinya. Amplop muncul dalam daftar bersama sedikitnya sembilan amplop lain, beberapa hari kemudian; amplop dari kelompok yang tetap lebih kecil dihitung bersama kelompok kecil lain setelah penutupan.", "This code shows that an envelope was counted, never what is in it. Envelopes appear on the list with at least nine others, some days later; those of a group that stays smaller are counted together with other small groups after the closing."),
  checkEnvelope: text("Periksa amplop", "Check the envelope"),
  stratumIs: text("Kelompok amplop: {stratum}", "Group of the envelope: {stratum}"),
} satisfies Record<string, Text>;

export type Key = keyof typeof STRINGS;

export function say(language: Language, key: Key, facts: Record<string, string | number> = {}): string {
  return STRINGS[key][language].replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ""));
}
