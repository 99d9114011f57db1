import { get, modelPath, wordsOf } from '../api.js';
import { button, fill, h, on } from '../dom.js';
import { count, time } from '../format.js';
import { give, answerWords, type Answer } from '../review/answer.js';
import { answerPad, type AnswerPad } from '../review/answer-pad.js';
import { card } from '../review/card.js';
import { Loads } from '../review/loads.js';
import { queueList } from '../review/list.js';
import { ReviewQueue } from '../review/queue.js';
import { toast } from '../toast.js';
import type { ModelDetail, Prediction, PredictionList } from '../types.js';
import { ModelHead } from './model-head.js';
import type { View } from './view.js';

const PAGE = 40;
const ORDERS = [['risk', 'Riskiest first'], ['uncertainty', 'Most to learn first'], ['time', 'Newest first']] as const;
const KEYS = [['↑ ↓ or j k', 'move'], ['1 2 3 …', 'true class'], ['↵', 'as predicted'], ['x', 'wrong, class unknown'], ['u', 'back to the last answer']] as const;

/** Predictions to be judged by a person, one after the other, with the keyboard alone where one likes. */
export function reviewView(model: string): View {
  return new Review(model);
}

class Review implements View {
  readonly element: HTMLElement;
  readonly title: string;
  readonly #model: string;
  readonly #head: ModelHead;
  readonly #queue = new ReviewQueue();
  readonly #list = h('ol', { class: 'queue-list', tabindex: -1, 'aria-label': 'Predictions' });
  readonly #count = h('span', { class: 'small faint grow' });
  readonly #more = button('More', () => void this.#load(true), { class: 'quiet' });
  readonly #card = h('div', { class: 'grow' });
  readonly #order = h('select', { 'aria-label': 'Order' }, ...ORDERS.map(([value, name]) => h('option', { value }, name)));
  readonly #all = h('input', { type: 'checkbox' });
  readonly #loads = new Loads();
  #detail: ModelDetail | null = null;
  #pad: AnswerPad | null = null;
  #cursor: string | null = null;
  #sending = false;

  constructor(model: string) {
    this.title = `${model}, review queue`;
    this.#model = model;
    this.#head = new ModelHead({ view: 'review', model });
    on(this.#order, 'change', () => void this.#load(false));
    on(this.#all, 'change', () => void this.#load(false));
    const tools = h('div', { class: 'queue-head' }, this.#order, h('label', { class: 'small row' }, this.#all, 'labelled too'), this.#count);
    const keys = h('div', { class: 'keys' }, ...KEYS.map(([key, meaning]) => h('span', {}, h('kbd', {}, key), ` ${meaning}`)));
    const left = h('section', { class: 'panel queue', 'aria-label': 'Queue' }, tools, this.#list, this.#more);
    this.element = h('div', { class: 'page' }, this.#head.element, h('div', { class: 'review' }, left, h('section', { class: 'panel card', 'aria-label': 'Prediction' }, this.#card, keys)));
    this.#more.hidden = true;
    void this.#load(false);
  }

  refresh(): void {
    void this.#load(false);
  }

  stop(): void {
    this.#loads.stop();
  }

  key({ key }: KeyboardEvent): boolean {
    const answer = this.#pad?.answerOf(key) ?? null;
    if (answer !== null) void this.#give(answer);
    else if (key === 'ArrowDown' || key === 'j') this.#move(1);
    else if (key === 'ArrowUp' || key === 'k') this.#move(-1);
    else if (key === 'u') this.#back();
    else return false;
    return true;
  }

  async #load(more: boolean): Promise<void> {
    const signal = this.#loads.begin(more ? 'more' : 'list');
    if (signal === null) return;
    try {
      const detail = await get<ModelDetail>(modelPath(this.#model), {}, signal);
      const query = { order: this.#order.value, labelled: this.#all.checked ? null : false, limit: PAGE, cursor: more ? this.#cursor : null };
      const { predictions, next_cursor: cursor, searched } = await get<PredictionList>(modelPath(this.#model, '/predictions'), query, signal);
      if (!this.#loads.end(signal)) return;
      this.#detail = detail;
      this.#cursor = cursor;
      if (more) this.#queue.extend(predictions);
      else this.#queue.replace(predictions);
      this.#head.show(detail, null);
      this.#count.title = `${count(searched.rows)} predictions looked at, back to ${time(searched.from)}`;
      this.#show();
    } catch (thrown) {
      if (this.#loads.end(signal)) this.#head.fail(wordsOf(thrown));
    }
  }

  #show(): void {
    const detail = this.#detail;
    const prediction = this.#queue.current;
    if (detail === null) return;
    const { items, answered } = this.#queue;
    this.#count.textContent = answered === 0 ? `${count(items.length)}${this.#cursor === null ? '' : '+'}` : `${count(answered)} answered`;
    this.#more.hidden = this.#cursor === null;
    fill(this.#list, ...queueList(detail, this.#queue, (index) => this.#select(index)));
    if (prediction === null) {
      this.#pad = null;
      fill(this.#card, h('p', { class: 'empty' }, this.#all.checked ? 'Nothing was predicted yet, or nothing that has a failure probability.' : 'Nothing waits for a ground truth here. New predictions will, as they come.'));
      return;
    }
    this.#pad = answerPad(detail, this.#shown(prediction), (answer) => void this.#give(answer));
    fill(this.#card, card(detail, this.#shown(prediction), this.#pad));
    this.#reveal();
  }

  /** Scrolls the list and never the page. */
  #reveal(): void {
    const entry = this.#list.children[this.#queue.index];
    if (!(entry instanceof HTMLElement)) return;
    const [top, bottom] = [entry.offsetTop, entry.offsetTop + entry.offsetHeight];
    if (top < this.#list.scrollTop) this.#list.scrollTop = top;
    else if (bottom > this.#list.scrollTop + this.#list.clientHeight) this.#list.scrollTop = bottom - this.#list.clientHeight;
  }

  /** With what was said of it here. */
  #shown(prediction: Prediction): Prediction {
    const given = this.#queue.givenTo(prediction);
    if (given === null) return prediction;
    const kind = 'label' in given ? 'label' : 'value' in given ? 'value' : 'correct';
    const failure = 'label' in given ? given.label !== prediction.label : 'correct' in given ? !given.correct : null;
    return { ...prediction, ground_truth: { kind, value: answerWords(given) }, failure };
  }

  #move(by: number): void {
    this.#queue.move(by);
    this.#show();
  }

  #select(index: number): void {
    this.#queue.select(index);
    this.#show();
  }

  #back(): void {
    if (this.#queue.back()) this.#show();
  }

  /** One after the other: a key that is held down does not answer ten of them. */
  async #give(answer: Answer): Promise<void> {
    const prediction = this.#queue.current;
    if (prediction === null || this.#sending) return;
    this.#sending = true;
    try {
      await give(prediction, answer);
      this.#queue.answer(prediction, answer);
      toast(`Saved: ${prediction.label ?? 'prediction'} is ${answerWords(answer)}.`, 'good', 'u goes back to correct it');
      this.#show();
    } catch (thrown) {
      toast(wordsOf(thrown), 'bad');
    } finally {
      this.#sending = false;
    }
  }
}
