/**
 * The linkage game: whoever holds every key and everything that was stored tries to say whose envelope is whose. Each
 * pair is checked here, by the arithmetic of RFC 9474, with numbers of a rehearsal.
 */

interface Data {
  readonly key: { readonly n: string; readonly e: number };
  readonly people: readonly { readonly blinded: string; readonly signed: string }[];
  readonly envelopes: readonly { readonly name: string; readonly signature: string }[];
  readonly truth: readonly number[];
}

export function enableGame(page: Document): void {
  const board = page.querySelector<HTMLElement>("[data-game]");
  if (!board) return;
  void fetch(board.dataset["game"] ?? "", { credentials: "omit" })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error("no data"))))
    .then((data: Data) => play(board, data))
    .catch(() => undefined);
}

function play(board: HTMLElement, data: Data): void {
  board.hidden = false;
  const rows = board.querySelector("tbody");
  const selects = data.people.map((person, at) => {
    const select = document.createElement("select");
    select.id = `person-${at}`;
    select.append(option("", "–"), ...data.envelopes.map(({ name }, n) => option(String(n), name.slice(0, 10))));
    const label = document.createElement("label");
    label.htmlFor = select.id;
    label.textContent = `${board.dataset["person"] ?? ""} ${at + 1}`;
    const fits = document.createElement("td");
    select.addEventListener("change", () => {
      fits.textContent = select.value === "" ? "" : tick(board, explains(data, at, Number(select.value)));
    });
    rows?.append(row(label, `${person.blinded.slice(0, 12)}…`, select, fits));
    return select;
  });
  on(board, "pairs", () => {
    const all = data.people.flatMap((_, at) => data.envelopes.map((__, n) => explains(data, at, n)));
    return { n: all.filter(Boolean).length, of: all.length };
  });
  on(board, "score", () => ({
    n: selects.filter((select, at) => select.value !== "" && Number(select.value) === data.truth[at]).length,
    of: data.truth.length,
  }));
  on(board, "chance", () => ({ n: (guesses(data.truth, 1000) / 1000).toFixed(2), of: data.truth.length }));
}

/** Whether some blinding factor r joins this transcript to this envelope: r = s'/s, and r^e m = b. */
export function explains(data: Data, person: number, envelope: number): boolean {
  const n = BigInt(`0x${data.key.n}`);
  const e = BigInt(data.key.e);
  const seen = data.people[person];
  const ballot = data.envelopes[envelope];
  if (!seen || !ballot) return false;
  const signature = BigInt(`0x${ballot.signature}`);
  const factor = (BigInt(`0x${seen.signed}`) * inverse(signature, n)) % n;
  return (power(factor, e, n) * power(signature, e, n)) % n === BigInt(`0x${seen.blinded}`);
}

/** How many pairs are right in so many random orders, in all: one per order is expected, however many people. */
export function guesses(truth: readonly number[], times: number): number {
  let right = 0;
  for (let time = 0; time < times; time++) {
    const order = truth.map((_, at) => ({ at, drawn: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 }));
    order.sort((a, b) => a.drawn - b.drawn);
    right += order.filter(({ at }, position) => truth[position] === at).length;
  }
  return right;
}

function power(base: bigint, exponent: bigint, n: bigint): bigint {
  let result = 1n;
  for (let square = base % n, left = exponent; left > 0n; left >>= 1n, square = (square * square) % n) {
    if (left & 1n) result = (result * square) % n;
  }
  return result;
}

function inverse(value: bigint, n: bigint): bigint {
  let [a, b, x, y] = [value % n, n, 1n, 0n];
  while (b > 0n) {
    const q = a / b;
    [a, b] = [b, a - q * b];
    [x, y] = [y, x - q * y];
  }
  return ((x % n) + n) % n;
}

function on(board: HTMLElement, name: string, count: () => Record<string, string | number>): void {
  const outcome = board.querySelector<HTMLElement>(`[data-result="${name}"]`);
  board.querySelector(`button[data-action="${name}"]`)?.addEventListener("click", () => {
    const facts = count();
    if (outcome)
      outcome.textContent = (outcome.dataset["text"] ?? "").replace(/\{(\w+)\}/g, (_, key: string) =>
        String(facts[key]),
      );
  });
}

function tick(board: HTMLElement, fits: boolean): string {
  return board.dataset[fits ? "fits" : "fails"] ?? "";
}

function option(value: string, text: string): HTMLOptionElement {
  const element = document.createElement("option");
  [element.value, element.textContent] = [value, text];
  return element;
}

function row(label: HTMLElement, transcript: string, select: HTMLElement, fits: HTMLElement): HTMLTableRowElement {
  const element = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.append(label);
  const code = document.createElement("code");
  code.textContent = transcript;
  const choice = document.createElement("td");
  head.append(document.createElement("br"), code);
  choice.append(select);
  element.append(head, choice, fits);
  return element;
}
