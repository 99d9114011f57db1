import { get, modelPath, wordsOf } from '../api.js';
import { sparkline } from '../charts/sparkline.js';
import { hasConfidence } from '../cold-start.js';
import { fill, h } from '../dom.js';
import { count, percent, plural, shortCount } from '../format.js';
import { healthOf, healthPillClass, type Health } from '../health.js';
import { poll } from '../poll.js';
import { rangeName, rangeStart } from '../range.js';
import { addressOf } from '../router.js';
import type { ModelSummary, Timeline } from '../types.js';
import type { View } from './view.js';

const EVERY_MILLISECONDS = 10_000;
/** As many as the overview asks for, so that both say the same of a model. */
const BUCKETS = 90;
/** Timelines that are asked for at the same time. */
const AT_ONCE = 4;
const ORDER: Readonly<Record<Health['kind'], number>> = { bad: 0, warn: 1, accent: 2, good: 3, calm: 4 };

interface Seen {
  readonly model: ModelSummary;
  readonly timeline: Timeline | null;
  readonly health: Health;
}

/** Every model: what needs attention first. */
export function modelsView(): View {
  const summary = h('p', { class: 'soft' }, 'Looking at the models …');
  const list = h('div', { class: 'models' });
  const element = h('div', { class: 'page' }, h('div', { class: 'head' }, h('div', {}, h('h1', {}, 'Models'), summary)), list);
  const ask = async (signal: AbortSignal): Promise<void> => {
    try {
      const { models } = await get<{ models: ModelSummary[] }>('v1/models', {}, signal);
      const seen = (await timelinesOf(models, signal)).sort((a, b) => ORDER[a.health.kind] - ORDER[b.health.kind] || a.model.name.localeCompare(b.model.name));
      summary.textContent = summaryOf(seen);
      fill(list, ...(seen.length === 0 ? [h('p', { class: 'empty' }, 'The model repository is empty. Put a model at <name>/1/model.onnx in it and load it, and it will be here.')] : seen.map(card)));
    } catch (thrown) {
      if (!signal.aborted) summary.textContent = wordsOf(thrown);
    }
  };
  const polling = poll(EVERY_MILLISECONDS, ask);
  return { element, title: 'Models', refresh: () => polling.now(), key: () => false, stop: () => polling.stop() };
}

async function timelinesOf(models: readonly ModelSummary[], signal: AbortSignal): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let at = 0; at < models.length; at += AT_ONCE) {
    const some = models.slice(at, at + AT_ONCE).map(async (model) => {
      const timeline = await get<Timeline>(modelPath(model.name, '/timeline'), { from: rangeStart(), fit: true, buckets: BUCKETS }, signal).catch(() => null);
      return { model, timeline, health: healthOf(model, timeline) };
    });
    seen.push(...(await Promise.all(some)));
  }
  return seen;
}

function summaryOf(seen: readonly Seen[]): string {
  const predictions = seen.reduce((sum, { timeline }) => sum + (timeline?.total.predictions ?? 0), 0);
  const troubled = seen.filter(({ health }) => health.kind === 'bad' || health.kind === 'warn').length;
  const trouble = troubled === 0 ? 'nothing needs attention' : `${troubled} ${troubled === 1 ? 'needs' : 'need'} attention`;
  return `${seen.length === 1 ? 'One model' : plural(seen.length, 'model')}, ${count(predictions)} predictions in the last ${rangeName()}, ${trouble}.`;
}

const value = (label: string, text: string, note: string, colour = '') => h('div', {}, h('span', { class: 'label' }, label), h('b', { class: colour }, text), h('span', { class: 'label' }, note));

function servedBy(model: ModelSummary): string {
  const { meta_version: meta } = model;
  if (meta === null) return '';
  if (meta > 0) return `champion v${meta}`;
  return hasConfidence(model) ? '1 − confidence' : 'no failure probability';
}

function card({ model, timeline, health }: Seen): HTMLElement {
  const { name, version, task } = model;
  const total = timeline?.total ?? null;
  const facts = [task, version === null ? null : `version ${version}`].filter((fact) => fact !== null).join(', ');
  return h(
    'a', { class: health.kind === 'bad' ? 'model off' : 'model', href: addressOf({ view: 'overview', model: name }), 'data-key': name },
    h('div', { class: 'title' }, h('div', { class: 'name' }, name), h('span', { class: 'label' }, facts)),
    h('div', {}, h('span', { class: healthPillClass(health) }, health.name), h('span', { class: 'label' }, servedBy(model))),
    value('Predictions', total === null ? '–' : shortCount(total.predictions), total === null || total.predictions === 0 ? '' : `${percent(total.labelled / total.predictions)} labelled`),
    value('Predicted to fail', percent(total?.expected_failure_rate ?? null), '', 'predicted'),
    value('Observed', percent(total?.observed_failure_rate ?? null), total === null || total.labelled === 0 ? 'no ground truth' : `of ${shortCount(total.labelled)}`, 'observed'),
    h('div', { class: 'spark' }, timeline !== null && timeline.total.predictions > 0 && sparkline(timeline)),
    health.words !== '' && h('p', { class: 'reason' }, health.words),
  );
}
