/** Makes the headings of `data-sort` tables into buttons that order the rows. */
export function enableSorting(page: Document): void {
  for (const table of page.querySelectorAll<HTMLTableElement>("table[data-sort]")) {
    const heads = [...table.querySelectorAll<HTMLTableCellElement>("thead th")];
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

function order(table: HTMLTableElement, heads: HTMLTableCellElement[], column: number): void {
  const body = table.tBodies[0];
  const head = heads[column];
  if (!body || !head) return;
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of heads) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const sign = down ? -1 : 1;
  const rows = [...body.rows].sort((a, b) => compare(value(a, column), value(b, column), sign));
  body.append(...rows);
}

function value(row: HTMLTableRowElement, column: number): string {
  const cell = row.cells[column];
  return cell?.dataset["value"] ?? cell?.textContent?.trim() ?? "";
}

/** What has no value stands last in either order: a withheld agency is neither best nor worst. */
function compare(a: string, b: string, sign: number): number {
  if (a === "" || b === "") return Number(a === "") - Number(b === "");
  const difference = Number(a) - Number(b);
  return sign * (Number.isNaN(difference) ? a.localeCompare(b) : difference);
}
