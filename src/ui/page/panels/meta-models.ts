import { modelPath, post } from '../api.js';
import { asOperator, confirmed } from '../dialogs.js';
import { button, fill, h } from '../dom.js';
import { ago, count, decimals, time } from '../format.js';
import { toast } from '../toast.js';
import type { MetaModel } from '../types.js';
import { panel, type Panel } from './panel.js';

const PILLS = { champion: 'pill good', retired: 'pill', candidate: 'pill accent' } as const;

function learnedFrom({ rows, failures, unlabelled_rows: unlabelled }: MetaModel['training']): (string | HTMLElement)[] {
  const [most, least] = rows === 0 ? [`${count(unlabelled ?? 0)} predictions`, 'no label'] : [`${count(rows)} labels`, `${count(failures)} failures`];
  return [most, h('br'), h('span', { class: 'small faint' }, least)];
}

/** The meta-models of a model: what each learned from, how it was judged, and the way back. */
export class MetaModelsPanel {
  readonly panel: Panel = panel('Meta-models', 'the newest first', 'w8');
  readonly #model: string;
  readonly #changed: () => void;
  #shown = '';

  constructor(model: string, changed: () => void) {
    this.#model = model;
    this.#changed = changed;
  }

  show(all: readonly MetaModel[]): void {
    // What has not changed stays, with the selection and the focus of the reader.
    const shown = JSON.stringify(all);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (all.length === 0) return this.panel.empty('None yet. A first one is trained when enough predictions or ground truths have come.');
    const head = ['Version', 'State', 'Learned from', 'Trained', 'AUROC', 'E-AURC', 'Why'].map((name) => h('th', {}, name));
    const champion = all.find(({ state }) => state === 'champion') ?? null;
    fill(
      this.panel.body,
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Meta-models' },
        h('table', { class: 'history' }, h('thead', {}, h('tr', {}, ...head, h('th', {}, h('span', { class: 'only-read' }, 'Action')))), h('tbody', {}, ...all.map((each) => this.#row(each, champion))))),
    );
  }

  #row(each: MetaModel, champion: MetaModel | null): HTMLElement {
    const { version, state, training, metrics, created_at: created, reason } = each;
    return h(
      'tr', { 'data-version': version },
      h('td', { class: 'strong' }, `v${version}`),
      h('td', {}, h('span', { class: PILLS[state] }, state)),
      h('td', { class: 'nowrap' }, ...learnedFrom(training)),
      h('td', { class: 'soft nowrap', title: time(created) }, ago(created)),
      h('td', {}, decimals(metrics?.auroc ?? null)),
      h('td', {}, decimals(metrics?.eaurc ?? null, 4)),
      h('td', { class: 'small soft reason' }, reason),
      h('td', { class: 'right' }, state !== 'champion' && this.#action(each, champion)),
    );
  }

  #action(each: MetaModel, champion: MetaModel | null): HTMLElement {
    const back = champion !== null && each.version < champion.version;
    const name = back ? 'Roll back' : 'Promote';
    return button(name, () => void this.#promote(each, champion, name), { class: 'quiet', 'data-key': `promote-${each.version}`, 'aria-label': `${name} to v${each.version}` });
  }

  async #promote({ version }: MetaModel, champion: MetaModel | null, name: string): Promise<void> {
    const words = `v${version} takes over from ${champion === null ? 'the cold start' : `v${champion.version}`} on every server, at once and without a restart. Failure probabilities of new predictions come from it.`;
    if (!(await confirmed(`${name} to v${version}?`, words, name))) return;
    const done = await asOperator(() => post<MetaModel>(modelPath(this.#model, `/meta-models/${version}/promote`)));
    if (done !== null) toast(`v${version} is the champion now.`);
    this.#changed();
  }
}
