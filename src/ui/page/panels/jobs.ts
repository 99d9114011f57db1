import { modelPath, post, remove } from '../api.js';
import { asOperator } from '../dialogs.js';
import { button, fill, h } from '../dom.js';
import { ago, duration } from '../format.js';
import { toast } from '../toast.js';
import type { Job } from '../types.js';
import { panel, type Panel } from './panel.js';

const PILLS: Readonly<Record<Job['state'], string>> = { waiting: 'pill', active: 'pill accent', completed: 'pill good', failed: 'pill bad', cancelled: 'pill' };
const TRIGGERS: Readonly<Record<string, string>> = { manual: 'by hand', ground_truths: 'new ground truths', unlabelled: 'predictions', schedule: 'schedule', drift: 'drift' };

/** Retrainings: those that run with their progress, then the last ones. */
export class JobsPanel {
  readonly panel: Panel = panel('Retraining', '', '');
  readonly #changed: () => void;

  constructor(model: string, changed: () => void) {
    this.#changed = changed;
    this.panel.tools.append(button('Retrain', () => void this.#retrain(model), { class: 'quiet' }));
  }

  show(jobs: readonly Job[]): void {
    if (jobs.length === 0) return this.panel.empty('No retraining yet. One starts when enough ground truths have come, or by hand.');
    fill(this.panel.body, ...jobs.slice(0, 4).map((job) => this.#entry(job)));
  }

  #entry(job: Job): HTMLElement {
    const { state, trigger, progress, result, error, id } = job;
    const open = state === 'waiting' || state === 'active';
    const told = open ? (progress?.step ?? (state === 'waiting' ? 'waiting for a free worker' : 'starting')) : (result?.reason ?? error ?? state);
    return h(
      'div', { class: 'job' },
      h('div', { class: 'row' },
        h('span', { class: state === 'completed' && result?.promoted === false ? 'pill' : PILLS[state] }, state === 'completed' ? (result?.promoted === true ? `promoted v${result.meta_version}` : 'champion stayed') : state),
        h('span', { class: 'small faint grow clip' }, `${TRIGGERS[trigger] ?? trigger}, ${when(job)}`),
        open && button('Cancel', () => void this.#cancel(id), { class: 'quiet', 'data-key': `cancel-${id}` })),
      state === 'active' && h('progress', { max: progress?.total ?? 1, value: progress?.done ?? 0, 'aria-label': told }),
      h('p', { class: 'small soft' }, told),
    );
  }

  async #retrain(model: string): Promise<void> {
    const job = await asOperator(() => post<Job>(modelPath(model, '/retrain')));
    if (job !== null) toast('A retraining was asked for.');
    this.#changed();
  }

  async #cancel(id: string): Promise<void> {
    const job = await asOperator(() => remove<Job>(`v1/jobs/${encodeURIComponent(id)}`));
    if (job !== null) toast('The retraining was cancelled.');
    this.#changed();
  }
}

function when({ started_at: started, ended_at: ended, created_at: created }: Job): string {
  if (ended === null) return started === null ? ago(created) : `for ${duration(Date.now() - Date.parse(started))}`;
  return `${ago(ended)}${started === null ? '' : `, took ${duration(Date.parse(ended) - Date.parse(started))}`}`;
}
