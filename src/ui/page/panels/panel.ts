import { fill, h } from '../dom.js';

/** A part of a view with a title, a line that says how to read it, and a body that is drawn anew. */
export interface Panel {
  readonly element: HTMLElement;
  readonly body: HTMLElement;
  /** At the right end of the head. */
  readonly tools: HTMLElement;
  /** Puts a sentence in the place of the body. */
  empty(words: string): void;
  say(words: string): void;
}

let panels = 0;

export function panel(title: string, words: string, width: string): Panel {
  const id = `panel-${(panels += 1)}`;
  const said = h('p', {}, words);
  const tools = h('div', { class: 'end row' });
  const body = h('div', { class: 'grow' });
  const element = h('section', { class: `panel ${width}`, 'aria-labelledby': id }, h('header', {}, h('h2', { id }, title), said, tools), body);
  return {
    element,
    body,
    tools,
    empty: (text) => fill(body, h('p', { class: 'empty' }, text)),
    say: (text) => void (said.textContent = text),
  };
}

/** An entry of a legend: the sign in its colour, the name, and a value where there is one. */
export function legendEntry(key: string, sign: 'line' | 'dashed' | 'dot' | 'block', name: string, value = ''): HTMLElement {
  return h('span', {}, h('i', { class: `key-${key} ${sign}` }), name, value !== '' && h('b', {}, value));
}
