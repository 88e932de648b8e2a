/** Narrows a table to the rows that hold the typed words; `data-filter` names the table's id. */
export function enableFilters(page: Document): void {
  for (const input of page.querySelectorAll<HTMLInputElement>("input[data-filter]")) {
    const table = page.getElementById(input.dataset["filter"] ?? "");
    if (!table) continue;
    const rows = [...table.querySelectorAll<HTMLTableRowElement>("tbody tr")];
    const nothing = page.getElementById(input.dataset["nothing"] ?? "");
    input.closest<HTMLElement>("[hidden]")?.removeAttribute("hidden");
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/);
      for (const row of rows) {
        const text = (row.textContent ?? "").toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
      if (nothing) nothing.hidden = rows.some((row) => !row.hidden);
    });
  }
}
