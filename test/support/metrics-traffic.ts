import type { TestApp } from './http-app.js';

export interface Answered {
  readonly id: string;
  readonly labels: readonly string[];
}

/** Requests of 1 to 4 rows of the four-column classifier `m`, told apart by `from`. */
export async function predictSome(app: TestApp, requests: number, from = 0): Promise<Answered[]> {
  const all: Answered[] = [];
  for (let i = from; i < from + requests; i++) {
    const instances = Array.from({ length: 1 + (i % 4) }, (_, row) => [Math.sin(i + row), Math.cos(3 * i - row), Math.sin(7 * i), Math.cos(row)]);
    const { body } = await app.call<{ prediction_id: string; predictions: { label: string }[] }>({ method: 'POST', url: '/v1/models/m/predict', payload: { instances } });
    all.push({ id: body.prediction_id, labels: body.predictions.map(({ label }) => label) });
  }
  return all;
}

/** Ground truths of everything but every fifth reply: right ones, wrong ones, repeated, corrected both ways, and older than what is known. */
export function truthsOf(answered: readonly Answered[]): object[] {
  return answered.flatMap(({ id, labels }, i) => {
    if (i % 5 === 0) return [];
    return labels.flatMap((label, row) => {
      const other = label === 'a' ? 'b' : 'a';
      const say = (text: string, day: number) => ({ prediction_id: id, row, label: text, observed_at: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z` });
      const kinds = [
        [say(label, 2)],
        [say(other, 2)],
        [say(label, 2), say(label, 2)],
        [say(label, 2), say(other, 3)],
        [say(other, 2), say(label, 3), say(label, 4)],
        [say(other, 3), say(label, 2)],
        [say('unheard of', 2), { prediction_id: id, row, correct: true, observed_at: '2026-01-05T00:00:00Z' }],
      ];
      return kinds[(i + row) % kinds.length] ?? [];
    });
  });
}

interface Line {
  readonly failure_probability: number | null;
  readonly decision: 'accept' | 'review';
  readonly metaerr_status: string;
  readonly meta_version: number;
  readonly failure: boolean | null;
}

/** What the metrics should say of one model, counted from the lines of the ledger's export. */
export function recount(ndjson: string): Record<string, number> {
  const lines = ndjson.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
  const sum = (of: readonly Line[], value: (p: number) => number) => of.reduce((total, { failure_probability: p }) => total + (p === null ? 0 : value(p)), 0);
  const labelled = lines.filter(({ failure }) => failure !== null);
  const failures = (of: readonly Line[]) => of.filter(({ failure }) => failure === true).length;
  const scored = labelled.filter(({ failure_probability: p }) => p !== null);
  const accepted = labelled.filter(({ decision }) => decision === 'accept');
  return {
    predictions: lines.length,
    expected: sum(lines, (p) => p),
    scoredPredictions: lines.filter(({ failure_probability: p }) => p !== null).length,
    accepts: lines.filter(({ decision }) => decision === 'accept').length,
    degraded: lines.filter(({ metaerr_status: status }) => status === 'degraded').length,
    labelled: labelled.length,
    failures: failures(labelled),
    labelledExpected: sum(labelled, (p) => p),
    labelledVariance: sum(labelled, (p) => p * (1 - p)),
    scoredLabelled: scored.length,
    scoredFailures: failures(scored),
    acceptedLabelled: accepted.length,
    acceptedFailures: failures(accepted),
  };
}
