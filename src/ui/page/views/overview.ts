import { get, modelPath, wordsOf } from '../api.js';
import { fill, h } from '../dom.js';
import { ClassesPanel, PairsPanel } from '../panels/classes.js';
import { figures } from '../panels/figures.js';
import { HistogramPanel } from '../panels/histogram.js';
import { JobsPanel } from '../panels/jobs.js';
import { MetaModelsPanel } from '../panels/meta-models.js';
import { PolicyPanel } from '../panels/policy.js';
import { ReliabilityPanel, RiskCoveragePanel } from '../panels/quality.js';
import { RatesPanel } from '../panels/rates.js';
import { unknownLabelsNotice } from '../panels/unknown-labels.js';
import { poll } from '../poll.js';
import { rangeStart } from '../range.js';
import type { Breakdown, Job, MetaModel, ModelDetail, Report, RiskPolicy, Timeline } from '../types.js';
import { ModelHead } from './model-head.js';
import type { View } from './view.js';

const OFTEN_MILLISECONDS = 5_000;
const SELDOM_MILLISECONDS = 20_000;
/** While a retraining runs, its progress is followed. */
const RUNNING_MILLISECONDS = 1_000;

/** What is known of the model by now; a part that could not be read is null. */
interface Known {
  model: ModelDetail | null;
  timeline: Timeline | null;
  metaModels: readonly MetaModel[];
  jobs: readonly Job[];
  breakdown: Breakdown | null;
  report: Report | null;
  policy: RiskPolicy | null;
}

/** Fewer labelled rows or failures say little of a meta-model. */
const LEAST_ROWS = 200;
const LEAST_FAILURES = 20;
/** Meta-models that are looked at for one that is known well enough. */
const MOST_TRIED = 3;

/**
 * The report of the newest meta-model that answered enough rows which are labelled by now; else of all rows. Rows of several
 * meta-models in one ranking say little of any of them.
 */
async function reportOf(model: string, range: { readonly from: string }, signal: AbortSignal): Promise<Report> {
  const path = modelPath(model, '/report');
  const { meta_models: all } = await get<{ meta_models: MetaModel[] }>(modelPath(model, '/meta-models'), {}, signal);
  for (const { version } of all.filter(({ promoted_at: at }) => at !== null).slice(0, MOST_TRIED)) {
    const own = await get<Report>(path, { ...range, meta_version: version }, signal);
    if (own.champion.rows >= LEAST_ROWS && own.champion.failures >= LEAST_FAILURES) return { ...own, meta_version: version };
  }
  return { ...(await get<Report>(path, range, signal)), meta_version: null };
}

/** A model at a glance. */
export function overviewView(model: string): View {
  const known: Known = { model: null, timeline: null, metaModels: [], jobs: [], breakdown: null, report: null, policy: null };
  const head = new ModelHead({ view: 'overview', model });
  const refresh = (): void => polls.forEach((each) => each.now());
  const top = h('div');
  const rates = new RatesPanel();
  const reliability = new ReliabilityPanel();
  const coverage = new RiskCoveragePanel();
  const spread = new HistogramPanel();
  const classes = new ClassesPanel();
  const pairs = new PairsPanel();
  const policy = new PolicyPanel();
  const history = new MetaModelsPanel(model, refresh);
  const jobs = new JobsPanel(model, refresh);
  const panels = [rates, reliability, coverage, spread, classes, pairs, history].map(({ panel }) => panel.element);
  const stack = h('div', { class: 'stack w4' }, policy.panel.element, jobs.panel.element);
  const element = h('div', { class: 'page' }, head.element, top, h('div', { class: 'grid' }, ...panels, stack));

  const showTop = (): void => {
    if (known.model !== null) head.show(known.model, known.timeline);
    const notice = known.report !== null && known.model !== null && unknownLabelsNotice(known.report, known.model);
    if (known.timeline !== null) fill(top, notice, figures({ ...known, timeline: known.timeline }));
  };
  /** Each part by itself: what cannot be read now stays as it was. */
  const read = async <T>(asked: Promise<T>, show: (value: T) => void, signal: AbortSignal): Promise<void> => {
    try {
      const value = await asked;
      if (!signal.aborted) show(value);
    } catch (thrown) {
      if (!signal.aborted && known.model === null) head.fail(wordsOf(thrown));
    }
  };
  const askOften = async (signal: AbortSignal): Promise<void> => {
    await read(get<ModelDetail>(modelPath(model), {}, signal), (value) => (known.model = value), signal);
    await Promise.all([
      read(get<{ meta_models: MetaModel[] }>(modelPath(model, '/meta-models'), {}, signal), (value) => history.show((known.metaModels = value.meta_models)), signal),
      read(get<Timeline>(modelPath(model, '/timeline'), { from: rangeStart(), fit: true, buckets: 90, version: known.model?.version }, signal), (value) => (known.timeline = value), signal),
    ]);
    if (known.timeline !== null) rates.show(known.timeline, known.metaModels, known.jobs);
    showTop();
  };
  const askSeldom = async (signal: AbortSignal): Promise<void> => {
    const range = { from: rangeStart() };
    await Promise.all([
      read(get<RiskPolicy>(modelPath(model, '/risk-policy'), {}, signal), (value) => policy.show((known.policy = value)), signal),
      read(reportOf(model, range, signal), (value) => (known.report = value), signal),
      read(get<Breakdown>(modelPath(model, '/breakdown'), range, signal), (value) => (known.breakdown = value), signal),
    ]);
    showQuality(known);
    showTop();
  };
  const showQuality = ({ report, breakdown, metaModels }: Known): void => {
    if (report !== null) {
      reliability.show(report);
      coverage.show(report, metaModels[0] ?? null);
    }
    if (breakdown === null) return;
    spread.show(breakdown, known.policy);
    classes.show(breakdown);
    pairs.show(breakdown);
  };
  const isRunning = (): boolean => known.jobs.some(({ state }) => state === 'active');
  const askJobs = async (signal: AbortSignal): Promise<void> => {
    const running = isRunning();
    await read(get<{ jobs: Job[] }>('v1/jobs', { model, limit: 20 }, signal), (value) => jobs.show((known.jobs = value.jobs)), signal);
    if (running && !isRunning()) refresh();
  };
  const polls = [poll(OFTEN_MILLISECONDS, askOften), poll(SELDOM_MILLISECONDS, askSeldom), poll(() => (isRunning() ? RUNNING_MILLISECONDS : OFTEN_MILLISECONDS), askJobs)];
  return { element, title: model, refresh, key: () => false, stop: () => polls.forEach((each) => each.stop()) };
}
