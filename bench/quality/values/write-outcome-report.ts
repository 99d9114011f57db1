import { writeFileSync } from 'node:fs';
import { METAERR } from '../grid/results.js';
import { meanOf, summarizeMethod, type MethodSummary } from '../report/cells.js';
import { compare, type Comparison } from '../report/compare.js';
import { count, fixed, percent, ratio, table, thousandths } from '../report/markdown.js';
import { ResultsFile } from '../run/results-file.js';
import { OUTCOME_BASELINES } from './outcome-baselines.js';
import { OUTCOME_HEAD } from './outcome-head.js';
import type { OutcomeResult } from './run-outcome-unit.js';
import { LABELS, OUTCOME_SETTINGS, outcomeSettingName, outcomeUnitName, type OutcomeSetting, type OutcomeUnit } from './units.js';

/** One setting with one number of labels, over its seeds. */
export interface OutcomeSummary {
  readonly setting: OutcomeSetting;
  readonly labels: number;
  readonly seeds: number;
  readonly failures: number;
  readonly errorRate: number;
  readonly own: MethodSummary;
  readonly baselines: readonly MethodSummary[];
  /** Against the baseline of the lowest mean E-AURC. */
  readonly best: Comparison;
}

const eaurcOf = ({ figures }: MethodSummary): number => figures.eaurc ?? Infinity;

/** Every cell of the results, in the order of the settings. */
export function summarizeOutcomes(results: readonly OutcomeResult[]): OutcomeSummary[] {
  return OUTCOME_SETTINGS.flatMap((setting) => LABELS.flatMap((labels): OutcomeSummary[] => {
    const name = outcomeSettingName(setting);
    const own = results.filter(({ unit }) => outcomeSettingName(unit.setting) === name).flatMap((result) => result.cells.filter((cell) => cell.labels === labels).map((cell) => ({ result, cell })));
    if (own.length === 0) return [];
    const cells = own.map(({ cell }) => cell);
    const metaerr = summarizeMethod(METAERR, cells);
    const baselines = OUTCOME_BASELINES.map((baseline) => summarizeMethod(baseline.name, cells));
    const best = baselines.reduce((least, each) => (eaurcOf(each) < eaurcOf(least) ? each : least));
    return [{
      setting, labels, baselines,
      seeds: own.length,
      failures: meanOf(cells.map(({ failures }) => failures)) ?? NaN,
      errorRate: meanOf(own.map(({ result }) => result.errorRate)) ?? NaN,
      own: metaerr,
      best: compare({ seeds: own.map(({ result }) => result.unit.seed), metaerr }, best),
    }];
  }));
}

const MARKS = { better: '', worse: ' **worse**', equal: ' =' } as const;

function mainTable(cells: readonly OutcomeSummary[]): string {
  const heads = ['model', 'n', 'f', 'wrong %', 'MetaErr', 'best baseline', 'ratio', 'worst seed', 'AUROC, best > MetaErr', 'Brier, failure rate > MetaErr', 'ECE'];
  const rows = cells.map(({ setting, labels, failures, errorRate, own, baselines, best }) => [
    outcomeSettingName(setting), count(labels), count(failures), percent(errorRate), thousandths(own.figures.eaurc),
    `${thousandths(best.baseline.figures.eaurc)} ${best.baseline.name}`, `**${ratio(best.ratio)}**${MARKS[best.verdict]}`, ratio(best.worst?.ratio),
    `${fixed(best.baseline.figures.auroc, 3)} > ${fixed(own.figures.auroc, 3)}`,
    `${fixed(baselines[0]?.figures.brier, 4)} > ${fixed(own.figures.brier, 4)}`, fixed(own.figures.ece, 3),
  ]);
  return table(heads, rows);
}

function methodTable(cells: readonly OutcomeSummary[]): string {
  const rows = cells.map(({ setting, labels, own, baselines }) => [outcomeSettingName(setting), count(labels), ...[own, ...baselines].map(({ figures }) => thousandths(figures.eaurc))]);
  return table(['model', 'n', 'MetaErr', ...OUTCOME_BASELINES.map(({ name }) => name)], rows);
}

function summaryLine(cells: readonly OutcomeSummary[], task: OutcomeSetting['task']): string {
  const own = cells.filter(({ setting }) => setting.task === task);
  const of = (verdict: Comparison['verdict']): number => own.filter(({ best }) => best.verdict === verdict).length;
  const mean = meanOf(own.map(({ best }) => best.ratio));
  return `**${task}**: E-AURC ${ratio(mean)} times that of the best baseline of each cell, chosen in hindsight (mean over ${own.length} cells); significantly better in ${of('better')}, worse in ${of('worse')}.`;
}

/** The page as Markdown. Throws where there are no results. */
export function outcomeReport(results: readonly OutcomeResult[]): string {
  const cells = summarizeOutcomes(results);
  if (cells.length === 0) throw new Error('there are no results; run the benchmark first');
  const tasks = [...new Set(cells.map(({ setting }) => setting.task))];
  const sections = [
    OUTCOME_HEAD,
    `**This page.** Seeds a cell: ${[...new Set(cells.map(({ seeds }) => seeds))].join(', ')}. "=": the 95 % interval of the difference (paired bootstrap over the test rows of all seeds) holds 0; **worse**: MetaErr is significantly worse; no mark: significantly better.`,
    tasks.map((task) => summaryLine(cells, task)).join('\n\n'),
    '## Every cell',
    'E-AURC x1000, means over the seeds; lower is better.',
    mainTable(cells),
    '## Every method',
    methodTable(cells),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Reads the results of a folder and writes docs/quality-outcomes.md. */
export function writeOutcomeReport(folder: string): void {
  writeFileSync('docs/quality-outcomes.md', outcomeReport(new ResultsFile<OutcomeUnit, OutcomeResult>(folder, outcomeUnitName).read()));
}
