import { h } from './dom.js';

const SHOWN_MILLISECONDS = 6_000;

const place = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });

/** Where short messages appear; part of the page once. */
export const toasts = (): HTMLElement => place;

/** Says something for a few seconds; a newer message takes the place of an older one. */
export function toast(words: string, kind: 'good' | 'bad' = 'good', hint = ''): void {
  const message = h('div', { class: `toast ${kind}` }, h('span', {}, words), hint !== '' && h('span', { class: 'faint' }, hint));
  place.replaceChildren(message);
  setTimeout(() => message.remove(), SHOWN_MILLISECONDS);
}
