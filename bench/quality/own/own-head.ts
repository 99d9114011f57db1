import { count, percent } from '../report/markdown.js';
import { answerOf } from './answer.js';
import type { OwnReport } from './own-summary.js';

function base({ baseRows }: OwnReport): string {
  return baseRows === null
    ? 'How many rows trained the base model is unknown, and with it rho (labels by such rows), which says what can be gained; `base_rows` in own.json gives it.'
    : `The base model was trained on ${count(baseRows)} rows; rho is n by that number, and what can be gained grows with it.`;
}

/** The words above the tables. */
export function ownHead(report: OwnReport): string {
  const { name, rows, columns, classes, notes, cells, digest } = report;
  const [first] = cells;
  const seeds = [...new Set(cells.map(({ cell }) => cell.seeds.length))].join(' to ');
  return [
    `# Would MetaErr help: ${name}`,
    `**In short.** ${answerOf(cells, classes)}`,
    `**What was measured.** ${count(rows)} labelled rows of ${count(columns)} columns and ${count(classes)} classes, on which the base model is wrong in ${percent(first?.cell.errorRate)} %. Each seed shuffles the rows anew: ${count(first?.cell.testRows ?? 0)} are test rows, the others are the live stream, of which the first n have their label; predictions whose label has not come are learnt from as well, without it. The model is loaded, read and run by the functions of the service, the meta-model fitted and run by those that it calls. Seeds: ${seeds}. ${base(report)}`,
    '**How to read it.** E-AURC (excess area under the risk-coverage curve) says how well failures are told from successes: lower is better, 0 is a perfect order. A ratio is that of MetaErr by that of the baseline with the lowest mean over the seeds of that very n, chosen in hindsight: below 1 is better. Verdict: whether the 95 % interval of the difference (paired bootstrap over the test rows of all seeds) leaves out 0; how much another split would change is seen from the worst seed. Brier and ECE: lower is better; Platt-scaled confidence has the same labels. No row must have trained the base model: it looks surer on rows that it knows, and everything here would be wrong.',
    `**What was assumed of model and labels.**\n\n${notes.map((note) => `- ${note}`).join('\n')}`,
    `Rows, model and settings: \`${digest}\`.`,
  ].join('\n\n');
}
