type Child = Node | string | number | null | undefined | false;
type Listener<K extends keyof HTMLElementEventMap> = (event: HTMLElementEventMap[K]) => void;

export interface Attributes {
  readonly class?: string;
  readonly [name: string]: string | number | boolean | null | undefined;
}

/** An element with attributes and children. Texts become text nodes: nothing that came from a server is ever read as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** The same for the elements of a drawing. */
export function svg(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

export function on<K extends keyof HTMLElementEventMap, E extends HTMLElement>(element: E, type: K, listener: Listener<K>): E {
  element.addEventListener(type, listener);
  return element;
}

/** A button that does something; `type=button`, so that it never sends a form. */
export function button(label: Child, action: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return on(h('button', { type: 'button', ...attributes }, label), 'click', action);
}

/** Puts new children in the place of the old ones; an element with the same `data-key` as the focused one gets the focus back. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  const key = parent.contains(document.activeElement) ? document.activeElement?.getAttribute('data-key') : null;
  parent.replaceChildren();
  append(parent, children);
  if (key === null || key === undefined) return;
  const again = [...parent.querySelectorAll<HTMLElement>('[data-key]')].find((each) => each.dataset['key'] === key);
  again?.focus({ preventScroll: true });
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

function append(parent: Element, children: readonly Child[]): void {
  parent.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child))));
}
