/** Puts the reader at the summary of what must be mended. */
export function focusSummary(page: Document): void {
  page.querySelector<HTMLElement>("[data-focus]")?.focus();
}
