/** Builds pages from elements; text never becomes markup. */

type Child = Node | string | null;
type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

/** Makes an element; an attribute that is a function listens to the event of its name. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child): child is Node | string => child !== null));
  return element;
}

/** Shows a page, and puts the focus where a screen reader should start. */
export function show(title: string, ...children: Child[]): void {
  const main = document.querySelector("main");
  if (main === null) return;
  main.replaceChildren(...children.filter((child): child is Node | string => child !== null));
  document.title = `${title} · E-SPI`;
  const focus = main.querySelector<HTMLElement>("[data-focus]") ?? main.querySelector("h1");
  focus?.setAttribute("tabindex", "-1");
  focus?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}
