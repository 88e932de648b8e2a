"use strict";(()=>{
/** Puts the reader at the summary of what must be mended. */
function focusSummary(page          )       {
  page.querySelector             ("[data-focus]")?.focus();
}

/** Narrows a table to the rows that hold the typed words; `data-filter` names the table's id. */
function enableFilters(page          )       {
  for (const input of page.querySelectorAll                  ("input[data-filter]")) {
    const table = page.getElementById(input.dataset["filter"] ?? "");
    if (!table) continue;
    const rows = [...table.querySelectorAll                     ("tbody tr")];
    input.closest             ("[hidden]")?.removeAttribute("hidden");
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/);
      for (const row of rows) {
        const text = (row.textContent ?? "").toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
    });
  }
}

/** Makes the headings of `data-sort` tables into buttons that order the rows. */
function enableSorting(page          )       {
  for (const table of page.querySelectorAll                  ("table[data-sort]")) {
    const heads = [...table.querySelectorAll                      ("thead th")];
    heads.forEach((head, column) => {
      if (head.dataset["plain"] !== undefined) return;
      const button = page.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => order(table, heads, column));
    });
  }
}

function order(table                  , heads                        , column        )       {
  const body = table.tBodies[0];
  const head = heads[column];
  if (!body || !head) return;
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of heads) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const sign = down ? -1 : 1;
  const rows = [...body.rows].sort((a, b) => sign * compare(value(a, column), value(b, column)));
  body.append(...rows);
}

function value(row                     , column        )         {
  const cell = row.cells[column];
  return cell?.dataset["value"] ?? cell?.textContent?.trim() ?? "";
}

function compare(a        , b        )         {
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) ? a.localeCompare(b) : difference;
}

/** Looks for an envelope's check code in the whole list of a stratum, on this device alone. */
function enableEnvelopeCheck(page          )       {
  const form = page.querySelector                 ("form[data-envelope]");
  if (!form) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void search(form);
  });
}

async function search(form                 )                {
  const code = form.querySelector                  ("[name=code]")?.value ?? "";
  const list = form.querySelector                   ("[name=list]")?.value ?? "";
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

function tell(form                 , outcome        )       {
  for (const part of form.querySelectorAll             ("[data-outcome]")) {
    part.hidden = part.dataset["outcome"] !== outcome;
  }
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const CODE_LENGTH = 16;

/** Reads a typed code: spaces and hyphens away, letters that look like digits as digits. */
function normalised(code        )         {
  return code
    .toLowerCase()
    .replace(/[\s-]/g, "")
    .replace(/o/g, "0")
    .replace(/[il]/g, "1");
}

/** The first 80 bits of a digest written in hexadecimal, in base 32. */
function checkCode(digest        )         {
  if (!/^[0-9a-f]{64}$/.test(digest)) return "";
  let bits = BigInt(`0x${digest.slice(0, 20)}`);
  let code = "";
  for (let place = 0; place < CODE_LENGTH; place++) {
    code = ALPHABET.charAt(Number(bits & 31n)) + code;
    bits >>= 5n;
  }
  return code;
}


focusSummary(document);
enableFilters(document);
enableSorting(document);
enableEnvelopeCheck(document);

})();
