import type { Clock } from '../core/clock.js';
import type { LoadedModel } from '../inference/contracts.js';
import type { LabelledBatch, LabelledQuery, Ledger, LedgerCounts, ModelKey } from '../ledger/ledger.js';
import { summarize } from '../meta/evaluation/summarize.js';
import type { EvaluationSummary } from '../meta/evaluation/summary.js';
import type { MetaModelRegistry } from '../meta/registry.js';
import type { Report, ReportQuery, ReportUseCase } from './contracts.js';
import { labelReport } from './label-report.js';
import { earlier, maturedBefore } from './matured.js';
import { UnknownTruths } from './unknown-labels.js';
import { measureDrift } from './drift/measure-drift.js';

export interface ReportPorts {
  readonly ledger: Pick<Ledger, 'labelled' | 'counts'>;
  readonly registry: Pick<MetaModelRegistry, 'get'>;
  /** The catalogue of models, of which little is needed. */
  readonly catalogue: { loaded(name: string, version?: number | null): Pick<LoadedModel, 'key' | 'meta' | 'config'> };
  readonly clock: Pick<Clock, 'now'>;
  /** At most the newest so many labelled rows are judged (default 100,000), since a report is computed in the server's own thread. */
  readonly maxRows?: number;
}

const MAX_ROWS = 100_000;

/**
 * Sets what was answered against what became known. Failure probabilities are those of the replies, never computed anew,
 * and a meta-model learns only from rows that were already answered; so every row was scored before its ground truth
 * could have told. Rows without a failure probability are not judged; the confidence baseline (1 - confidence) is judged
 * on the same rows, as far as they have a confidence. Without a version the report is about the one that serves. Throws as
 * `ModelCatalogue.loaded` does.
 */
export function createReport({ ledger, registry, catalogue, clock, maxRows = MAX_ROWS }: ReportPorts): ReportUseCase {
  return {
    async report(query) {
      const { key, meta, config } = catalogue.loaded(query.model, query.version);
      const until = maturedBefore(config.retraining, clock.now());
      const [counts, judged, calibrationDrift] = await Promise.all([
        ledger.counts({ model: key.model, version: key.version, from: query.from, to: query.to }),
        judge(ledger, key, config.labels, ledger.labelled(labelledQuery(key, { ...query, to: earlier(query.to, until) }, maxRows))),
        measureDrift({ ledger, registry }, { key, meta }, until),
      ]);
      return { counts, ...rates(counts), ...judged, calibrationDrift };
    },
  };
}

function labelledQuery(key: ModelKey, { from, to, metaVersion }: ReportQuery, newest: number): LabelledQuery {
  const query = { key, featureSchema: null, from, to, newest, features: false };
  return metaVersion === null ? query : { ...query, metaVersion };
}

function rates({ failures, labelled, expectedFailures, scored }: LedgerCounts): Pick<Report, 'observedFailureRate' | 'expectedFailureRate'> {
  return {
    observedFailureRate: labelled === 0 ? null : failures / labelled,
    expectedFailureRate: scored === 0 ? null : expectedFailures / scored,
  };
}

async function judge(
  ledger: Pick<Ledger, 'counts'>, key: ModelKey, labels: readonly string[] | null, batches: AsyncIterable<LabelledBatch>,
): Promise<Pick<Report, 'champion' | 'confidenceBaseline' | 'labels'>> {
  const answered: Answered[] = [];
  const unknown = labels === null ? null : new UnknownTruths(labels);
  for await (const { createdAt, failureProbabilities, coldStartProbabilities, failures, audits, choices, truths } of batches) {
    unknown?.add(truths);
    answered.push({ createdAt, failureProbabilities, coldStartProbabilities, failures, audits, choices });
  }
  return {
    champion: summarizeWhere(answered, (batch) => batch.failureProbabilities, () => true),
    confidenceBaseline: summarizeWhere(answered, (batch) => batch.coldStartProbabilities, (batch, row) => !Number.isNaN(batch.failureProbabilities[row])),
    labels: await labelReport(ledger, key, answered, unknown?.summary() ?? null),
  };
}

type Answered = Pick<LabelledBatch, 'createdAt' | 'failureProbabilities' | 'coldStartProbabilities' | 'failures' | 'audits' | 'choices'>;

/** Summary over the rows that have a score and are wanted. */
function summarizeWhere(batches: readonly Answered[], scoresOf: (batch: Answered) => Float64Array, wanted: (batch: Answered, row: number) => boolean): EvaluationSummary {
  const total = batches.reduce((sum, { failures }) => sum + failures.length, 0);
  const scores = new Float64Array(total);
  const failures = new Uint8Array(total);
  let rows = 0;
  for (const batch of batches) {
    scoresOf(batch).forEach((score, row) => {
      if (Number.isNaN(score) || !wanted(batch, row)) return;
      scores[rows] = score;
      failures[rows] = batch.failures[row] ?? 0;
      rows++;
    });
  }
  return summarize(scores.subarray(0, rows), failures.subarray(0, rows));
}
