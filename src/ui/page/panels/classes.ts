import { dots } from '../charts/dots.js';
import { fill, h } from '../dom.js';
import { count, percent, shortCount } from '../format.js';
import type { Breakdown, ClassFailures, ClassPair } from '../types.js';
import { legendEntry, panel, type Panel } from './panel.js';

const SHOWN_CLASSES = 12;
const SHOWN_PAIRS = 10;

const expectedRate = ({ expected_failures: expected, scored }: ClassFailures): number | null => (scored === 0 ? null : expected / scored);
const observedRate = ({ failures, labelled }: ClassFailures): number | null => (labelled === 0 ? null : failures / labelled);

/** Failures by predicted class. */
export class ClassesPanel {
  readonly panel: Panel = panel('By predicted class', 'most failures first', 'w7');

  show({ classes }: Breakdown): void {
    if (classes.length === 0) return this.panel.empty('This model predicts no classes, or nothing was predicted in this span of time.');
    const shown = classes.slice(0, SHOWN_CLASSES);
    const most = Math.max(0.05, ...shown.flatMap((each) => [expectedRate(each) ?? 0, observedRate(each) ?? 0])) * 1.1;
    const head = h('tr', {}, h('th', {}, 'Class'), h('th', { class: 'right' }, 'Predictions'), h('th', {}, 'Failure rate'), h('th', { class: 'right' }, 'Predicted'), h('th', { class: 'right' }, 'Observed'));
    const left = classes.length - shown.length;
    fill(
      this.panel.body,
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Failures by predicted class' }, h('table', { class: 'classes' }, h('thead', {}, head), h('tbody', {}, ...shown.map((each) => row(each, most))))),
      h('div', { class: 'legend' }, legendEntry('predicted', 'line', 'predicted'), legendEntry('observed', 'dot', 'observed, with its 95 % interval'), left > 0 && h('span', { class: 'faint' }, `${count(left)} more classes`)),
    );
  }
}

function row(each: ClassFailures, most: number): HTMLElement {
  return h(
    'tr', {},
    h('td', { class: 'strong name' }, each.label),
    h('td', { class: 'right soft' }, shortCount(each.predictions)),
    h('td', { class: 'dots-cell' }, dots({ expected: expectedRate(each), failures: each.failures, labelled: each.labelled, most })),
    h('td', { class: 'right predicted' }, percent(expectedRate(each))),
    h('td', { class: 'right observed' }, percent(observedRate(each))),
  );
}

/** Which class is taken for which. */
export class PairsPanel {
  readonly panel: Panel = panel('Worst pairs of classes', 'predicted → true; mean failure probability, failures', 'w5');

  show({ pairs }: Breakdown): void {
    if (pairs.length === 0) return this.panel.empty('No failure with a known true class in this span of time.');
    const most = Math.max(...pairs.map(({ failures }) => failures));
    fill(this.panel.body, h('div', { class: 'bars' }, ...pairs.slice(0, SHOWN_PAIRS).map((pair) => bar(pair, most))));
  }
}

function bar({ predicted, actual, failures, mean_failure_probability: mean }: ClassPair, most: number): HTMLElement {
  const length = h('i');
  length.style.width = `${(failures / most) * 100}%`;
  const foreseen = mean === null ? '' : mean.toFixed(2);
  return h(
    'div', { class: 'pair' },
    h('span', { class: 'clip' }, predicted, h('span', { class: 'faint' }, ' → '), actual),
    h('span', {}, h('span', { class: 'faint small' }, foreseen), ' ', h('b', { class: 'strong' }, count(failures))),
    h('div', { class: 'meter' }, length),
  );
}
