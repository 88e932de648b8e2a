/** Looks for a ballot check code in the whole list of a stratum, on this device alone. */
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
  const wanted = [...(list?.options ?? [])].find((option) => option.value.endsWith(`/names/${stratum}.bin`));
  if (list && wanted) list.value = wanted.value;
}

/** Takes the stratum's whole list, and that of the groups that stayed small; asks for no envelope alone. */
async function search(form: HTMLFormElement): Promise<void> {
  const wanted = normalised(form.querySelector<HTMLInputElement>("[name=code]")?.value ?? "");
  const chosen = form.querySelector<HTMLSelectElement>("[name=list]")?.selectedOptions[0];
  if (wanted.length !== CODE_LENGTH) return tell(form, "malformed");
  try {
    const lists = [chosen?.value ?? "", chosen?.dataset["small"] ?? ""].map(names);
    const isListed = (await Promise.all(lists)).flat().some((name) => checkCode(name) === wanted);
    tell(form, isListed ? "found" : "missing");
  } catch {
    tell(form, "failed");
  }
}

/** The names in a list of the record, in hexadecimal; a list that is not there yet is empty. */
async function names(address: string): Promise<string[]> {
  const answer = await fetch(address, { credentials: "omit" });
  if (answer.status === 404) return [];
  if (!answer.ok) throw new Error(address);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const name = (at: number) =>
    Array.from(bytes.slice(at, at + 32), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return Array.from({ length: bytes.length / 32 }, (_, n) => name(32 * n));
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
  return code.toLowerCase().replace(/[\s-]/g, "").replace(/o/g, "0").replace(/[il]/g, "1");
}

/** The first 80 bits of a digest written in hexadecimal, in base 32. */
export function checkCode(digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) return "";
  let bits = BigInt(`0x${digest.slice(0, 20)}`);
  let code = "";
  for (let digit = 0; digit < CODE_LENGTH; digit++) {
    code = ALPHABET.charAt(Number(bits & 31n)) + code;
    bits >>= 5n;
  }
  return code;
}
