import { coldStartWords, hasConfidence } from '../cold-start.js';
import { fill, h } from '../dom.js';
import { healthOf, healthPillClass } from '../health.js';
import { addressOf, type Place } from '../router.js';
import type { ModelDetail, Timeline } from '../types.js';

const TABS = [['overview', 'Overview'], ['review', 'Review queue'], ['setup', 'Setup']] as const;

/** Name, state and tabs of a model, above each of its views. */
export class ModelHead {
  readonly element = h('div');
  readonly #title = h('div', { class: 'head' });
  readonly #notice = h('div', { role: 'status' });

  constructor(place: Exclude<Place, { view: 'models' }>) {
    const tabs = TABS.map(([view, name]) => h('a', { href: addressOf({ view, model: place.model }), 'aria-current': view === place.view ? 'page' : null }, name));
    this.element.append(this.#title, this.#notice, h('nav', { class: 'tabs', 'aria-label': 'Views of the model' }, ...tabs));
    this.element.className = 'model-head';
    fill(this.#title, h('h1', {}, place.model));
  }

  show(model: ModelDetail, timeline: Timeline | null): void {
    // Without its traffic only what the model itself says is known.
    const health = timeline === null && model.state === 'ready' ? null : healthOf(model, timeline);
    const served = model.meta_version === null ? '' : model.meta_version === 0 ? `cold start: ${hasConfidence(model) ? '1 − confidence' : 'no failure probability'}` : `meta-model v${model.meta_version}${model.label_free ? ', label-free' : ''}`;
    const facts = [model.task, model.version === null ? '' : `version ${model.version}`, served].filter((fact) => fact !== null && fact !== '').join(' · ');
    fill(this.#title, h('div', {}, h('h1', {}, model.name, health !== null && h('span', { class: healthPillClass(health) }, health.name)), h('p', { class: 'soft' }, facts, health !== null && health.words !== '' && health.kind !== 'bad' ? ` · ${health.words}` : '')));
    fill(this.#notice, health?.kind === 'bad' && health.words !== '' && h('p', { class: 'notice bad' }, health.words), model.meta_version === 0 && h('p', { class: 'notice calm' }, coldStartWords(model)), model.label_free && h('p', { class: 'notice calm' }, LABEL_FREE));
  }

  /** A sentence in the place of the notice. */
  fail(words: string): void {
    fill(this.#notice, h('p', { class: 'notice bad' }, words));
  }
}

const LABEL_FREE = 'The meta-model that serves learnt from predictions alone: it tells risky ones from others, but no ground truth has calibrated its failure probabilities. Ground truths, by the API or in the review queue, let one be trained that they do.';
