import { h } from '../dom.js';
import { ago, percent, probability, time } from '../format.js';
import type { ModelDetail, Prediction } from '../types.js';
import type { AnswerPad } from './answer-pad.js';
import { inputTable } from './input-table.js';
import { drawPicture, inputOf } from './picture.js';

/** One prediction with all that helps to judge it. */
export function card(model: ModelDetail, prediction: Prediction, pad: AnswerPad): HTMLElement {
  const pictures = picturesOf(model, prediction);
  const guess = prediction.label ?? (prediction.value === null ? 'custom outputs' : String(prediction.value));
  const question = h('p', { class: 'small faint', id: 'what-is-it' }, prediction.ground_truth === null ? 'What is it?' : 'Something else?');
  return h(
    'div', { class: pictures.length > 0 ? 'card-main' : 'card-main no-picture' },
    pictures.length > 0 && h('div', { class: 'pictures' }, ...pictures),
    h('div', { class: 'verdict' }, h('div', {}, h('p', { class: 'small faint' }, 'Predicted'), h('p', { class: 'guess' }, guess)), compare(prediction), known(prediction)),
    h('div', { class: 'rest' },
      pictures.length === 0 && inputTable(prediction.inputs, model.signature?.inputs ?? []),
      h('div', { class: 'verdict-form' }, question, h('div', { role: 'group', 'aria-labelledby': 'what-is-it' }, pad.element)),
      facts(prediction)),
  );
}

function picturesOf({ pictures }: ModelDetail, { inputs, prediction_id: id, row }: Prediction): HTMLElement[] {
  return pictures.flatMap((picture) => {
    const canvas = h('canvas', { class: 'picture', role: 'img', 'aria-label': `Input ${picture.input} of prediction ${id}, row ${row}` });
    return drawPicture(canvas, inputOf(inputs, picture.input), picture) ? [canvas] : [];
  });
}

/** A small picture for a list; null where the row has none. */
export function thumbnail({ pictures }: ModelDetail, { inputs }: Prediction): HTMLElement | null {
  const [picture] = pictures;
  if (picture === undefined) return null;
  const canvas = h('canvas', { 'aria-hidden': 'true' });
  return drawPicture(canvas, inputOf(inputs, picture.input), picture) ? canvas : null;
}

/** The failure probability beside what the confidence alone would have said. */
function compare({ failure_probability: risk, confidence, metaerr_status: status }: Prediction): HTMLElement {
  if (risk === null) return h('p', { class: 'bad-ink' }, status === 'degraded' ? 'Answered without a failure probability (degraded).' : 'No failure probability.');
  return h('div', { class: 'compare' }, meter('Failure probability', risk, ''), confidence !== null && status === 'ok' && meter('1 − confidence', 1 - confidence, 'blue'));
}

function meter(name: string, value: number, colour: string): HTMLElement {
  const length = h('i');
  length.style.width = `${value * 100}%`;
  return h('div', { class: 'pair' }, h('span', { class: 'soft' }, name), h('b', { class: 'strong' }, probability(value)), h('div', { class: `meter ${colour}` }, length));
}

function known({ ground_truth: truth, failure }: Prediction): HTMLElement | null {
  if (truth === null) return null;
  return h('p', {}, h('span', { class: failure === true ? 'pill bad' : 'pill good' }, failure === true ? 'failure' : 'correct'), ' ', truth.kind === 'correct' ? 'said to be so' : `true ${truth.kind}: ${truth.value}`);
}

function facts(prediction: Prediction): HTMLElement {
  const { created_at: created, meta_version: meta, decision, confidence, prediction_id: id, row } = prediction;
  const entries = [
    ['Decision', decision], ['Confidence', percent(confidence)], ['Scored by', meta === 0 ? 'the confidence (cold start)' : `meta-model v${meta}`],
    ['Made', `${time(created)} (${ago(created)})`], ['Id', `${id}, row ${row}`],
  ] as const;
  return h('dl', { class: 'facts small' }, ...entries.flatMap(([name, value]) => [h('dt', {}, name), h('dd', { class: name === 'Id' ? 'mono' : '' }, value)]));
}
