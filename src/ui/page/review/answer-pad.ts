import { button, h, on } from '../dom.js';
import type { ModelDetail, Prediction } from '../types.js';
import type { Answer } from './answer.js';
import { classKeys, MOST_CLASS_BUTTONS } from './keys.js';

export interface AnswerPad {
  readonly element: HTMLElement;
  /** The answer that a key stands for; null where it stands for none. */
  answerOf(key: string): Answer | null;
}

/** Buttons, a field and keys for the ground truth of a prediction, as its task has them. */
export function answerPad(model: ModelDetail, prediction: Prediction, given: (answer: Answer) => void): AnswerPad {
  const labels = model.configuration?.labels ?? null;
  if (model.task === 'regression') return valuePad(prediction, given);
  if (labels === null) return correctPad(given);
  return labels.length > MOST_CLASS_BUTTONS ? labelField(labels, prediction, given) : classPad(labels, prediction, given);
}

const key = (name: string) => h('kbd', { 'aria-hidden': 'true' }, name);

function correctPad(given: (answer: Answer) => void): AnswerPad {
  const choice = (correct: boolean, name: string, sign: string) => on(h('button', { type: 'button' }, key(sign), h('span', {}, name)), 'click', () => given({ correct }));
  return {
    element: h('div', { class: 'answers' }, choice(true, 'Correct', '↵'), choice(false, 'Wrong', 'x')),
    answerOf: (name) => (name === 'Enter' || name === 'y' ? { correct: true } : name === 'x' || name === 'n' ? { correct: false } : null),
  };
}

function classPad(labels: readonly string[], { label, ground_truth: truth }: Prediction, given: (answer: Answer) => void): AnswerPad {
  const keys = classKeys(labels);
  const keyOf = new Map([...keys].map(([name, each]) => [each, name]));
  const choices = labels.map((each) => {
    const sign = keyOf.get(each);
    const attributes = { type: 'button', 'data-label': each, 'data-guess': each === label, 'data-known': truth?.kind === 'label' && truth.value === each, title: each };
    return on(h('button', attributes, sign !== undefined && key(sign), h('span', {}, each)), 'click', () => given({ label: each }));
  });
  return { element: h('div', { class: 'answers' }, ...choices), answerOf: (name) => labelAnswer(keys.get(name.toLowerCase()), label, name) };
}

/** Enter: as predicted; x: wrong, without saying what it is. */
function labelAnswer(chosen: string | undefined, predicted: string | null, name: string): Answer | null {
  if (chosen !== undefined) return { label: chosen };
  if (name === 'Enter' && predicted !== null) return { label: predicted };
  return name === 'x' ? { correct: false } : null;
}

function labelField(labels: readonly string[], { label }: Prediction, given: (answer: Answer) => void): AnswerPad {
  const list = h('datalist', { id: 'class-names' }, ...labels.map((each) => h('option', { value: each })));
  const field = h('input', { list: 'class-names', 'aria-label': 'True class', placeholder: 'True class', autocomplete: 'off' });
  return { element: form(field, list, () => field.value !== '' && given({ label: field.value }), button('As predicted', () => label !== null && given({ label }))), answerOf: (name) => labelAnswer(undefined, label, name) };
}

function valuePad({ value }: Prediction, given: (answer: Answer) => void): AnswerPad {
  const field = h('input', { type: 'number', step: 'any', 'aria-label': 'True value', placeholder: value === null ? 'True value' : `True value, predicted ${value}` });
  const correct = button('Within tolerance', () => given({ correct: true }));
  return { element: form(field, null, () => Number.isFinite(field.valueAsNumber) && given({ value: field.valueAsNumber }), correct), answerOf: (name) => (name === 'x' ? { correct: false } : null) };
}

function form(field: HTMLInputElement, list: HTMLElement | null, send: () => unknown, other: HTMLElement): HTMLElement {
  const element = h('form', { class: 'answer-form' }, field, list, h('button', { type: 'submit', class: 'primary' }, 'Save'), other);
  return on(element, 'submit', (event) => {
    event.preventDefault();
    send();
  });
}
