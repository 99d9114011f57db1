import { ApiError, get } from './api.js';
import { fill, h, svg } from './dom.js';
import { poll } from './poll.js';
import { rangeMenu } from './range.js';
import { addressOf, type Place } from './router.js';
import { themeSwitch } from './theme.js';
import { toasts } from './toast.js';
import type { Readiness } from './types.js';

const EVERY_MILLISECONDS = 5_000;

/** What stands around every view: the bar on top, what the server does without, and the place of messages. */
export class Shell {
  readonly element: HTMLElement;
  readonly #crumbs = h('nav', { class: 'crumbs grow', 'aria-label': 'Place' });
  readonly #live = h('span', { class: 'live' }, h('i'), h('b', {}, 'live'));
  readonly #notice = h('div', { class: 'notices' });
  readonly #main = h('main', { id: 'main', tabindex: -1 });

  constructor(changedRange: () => void) {
    const brand = h('a', { class: 'brand', href: '#/', 'aria-label': 'MetaErr, all models' }, logo(), h('span', {}, 'MetaErr'));
    const bar = h('div', { class: 'bar-in' }, brand, this.#crumbs, this.#live, rangeMenu(changedRange), h('a', { href: '../docs', class: 'small' }, 'API'), themeSwitch());
    this.element = h('div', {}, h('header', { class: 'bar' }, bar), this.#notice, this.#main, toasts());
    poll(EVERY_MILLISECONDS, () => this.#look());
  }

  show(place: Place, view: HTMLElement): void {
    fill(this.#crumbs, place.view !== 'models' && h('span', { 'aria-hidden': 'true' }, '/'), place.view !== 'models' && h('a', { class: 'clip', href: addressOf({ view: 'overview', model: place.model }) }, place.model));
    fill(this.#main, view);
  }

  async #look(): Promise<void> {
    try {
      this.#say(true, (await get<Readiness>('readyz')).missing);
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status === 503) this.#say(true, ['The server is not ready: it is starting or closing.']);
      else this.#say(false, ['The server does not answer. What is shown is what it said last.']);
    }
  }

  #say(answers: boolean, missing: readonly string[]): void {
    this.#live.className = answers ? 'live' : 'live off';
    fill(this.#live, h('i'), h('b', {}, answers ? 'live' : 'no answer'));
    const words = missing.join('; ');
    if (this.#notice.textContent !== words) fill(this.#notice, words !== '' && h('p', { class: answers ? 'notice' : 'notice bad', role: 'status' }, words));
  }
}

function logo(): SVGElement {
  return svg(
    'svg', { viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    svg('rect', { width: 32, height: 32, rx: 8, fill: '#4a5bd4' }),
    svg('path', { d: 'M6 22c4 0 5-12 9-12s4 8 6 8 2-4 5-4', fill: 'none', stroke: '#fff', 'stroke-width': 3, 'stroke-linecap': 'round' }),
    svg('circle', { cx: 21, cy: 18, r: 3, fill: '#ffb454' }),
  );
}
