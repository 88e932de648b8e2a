/** Looks for an envelope's check code in the whole list of a stratum, on this device alone. */
export function enableEnvelopeCheck(page: Document): void {
  const form = page.querySelector<HTMLFormElement>("form[data-envelope]");
  if (!form) return;
  form.hidden = false;
  preselect(form, decodeURIComponent(location.hash.slice(1)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void search(form);
  });
}

/** The booth's link names the list after "#", which no server sees. */
function preselect(form: HTMLFormElement, stratum: string): void {
  const list = form.querySelector<HTMLSelectElement>("[name=list]");
  const wanted = [...(list?.options ?? [])].find((option) => option.value.endsWith(`/${stratum}.txt`));
  if (list && wanted) list.value = wanted.value;
}

async function search(form: HTMLFormElement): Promise<void> {
  const code = form.querySelector<HTMLInputElement>("[name=code]")?.value ?? "";
  const list = form.querySelector<HTMLSelectElement>("[name=list]")?.value ?? "";
  const wanted = normalised(code);
  if (wanted.length !== CODE_LENGTH) return tell(form, "malformed");
  try {
    const answer = await fetch(list, { credentials: "omit" });
    if (!answer.ok) return tell(form, "failed");
    const lines = (await answer.text()).split("\n");
    tell(form, lines.some((line) => checkCode(line.trim()) === wanted) ? "found" : "missing");
  } catch {
    tell(form, "failed");
  }
}

function tell(form: HTMLFormElement, outcome: string): void {
  for (const part of form.querySelectorAll<HTMLElement>("[data-outcome]")) {
    part.hidden = part.dataset["outcome"] !== outcome;
  }
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const CODE_LENGTH = 16;

/** Reads a typed code: spaces and hyphens away, letters that look like digits as digits. */
export function normalised(code: string): string {
  return code
    .toLowerCase()
    .replace(/[\s-]/g, "")
    .replace(/o/g, "0")
    .replace(/[il]/g, "1");
}

/** The first 80 bits of a digest written in hexadecimal, in base 32. */
export function checkCode(digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) return "";
  let bits = BigInt(`0x${digest.slice(0, 20)}`);
  let code = "";
  for (let place = 0; place < CODE_LENGTH; place++) {
    code = ALPHABET.charAt(Number(bits & 31n)) + code;
    bits >>= 5n;
  }
  return code;
}
