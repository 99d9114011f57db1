import { h, on } from '../dom.js';
import { ago, probability } from '../format.js';
import type { ModelDetail, Prediction } from '../types.js';
import { thumbnail } from './card.js';
import type { ReviewQueue } from './queue.js';

/** The entries of the queue as buttons; the shown one is marked. */
export function queueList(model: ModelDetail, queue: ReviewQueue, select: (index: number) => void): HTMLElement[] {
  return queue.items.map((prediction, index) => h('li', {}, entry(model, queue, prediction, index, select)));
}

function entry(model: ModelDetail, queue: ReviewQueue, prediction: Prediction, index: number, select: (index: number) => void): HTMLElement {
  const { label, value, failure_probability: risk, created_at: created, ground_truth: truth } = prediction;
  const said = queue.wordsFor(prediction) || (truth === null ? '' : truth.value);
  const control = h(
    'button', { type: 'button', 'data-key': `${prediction.prediction_id} ${prediction.row}`, 'aria-current': index === queue.index ? 'true' : null },
    thumbnail(model, prediction) ?? h('span'),
    h('span', { class: 'grow' }, h('span', { class: 'strong clip' }, label ?? (value === null ? 'custom' : String(value))), h('br'), said === '' ? h('span', { class: 'small faint' }, ago(created)) : h('span', { class: 'done' }, `✓ ${said}`)),
    h('span', { class: 'risk', title: 'Failure probability' }, probability(risk)),
  );
  return on(control, 'click', () => select(index));
}
