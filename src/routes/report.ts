import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Report } from '../jobs/contracts.js';
import { EvaluationSchema } from './evaluation-schema.js';
import { closed, named, DateRange, ModelParameter, nullableNumber, replies } from './schemas.js';
import type { Services } from './services.js';
import { timeRange } from './time-range.js';
import { UnknownLabelsSchema } from './unknown-labels-schema.js';

const Count = (description: string) => Type.Integer({ description });

const Reply = named('Report', closed(
  {
    model: Type.String({ description: 'Model.' }),
    rows: named('LedgerCounts', closed(
      {
        predictions: Count('Predictions in the ledger.'),
        labelled: Count('Those with a ground truth.'),
        failures: Count('Failures among the labelled.'),
        pending: Count('Ground truths waiting for their prediction (not restricted by time).'),
        expired: Count('Ground truths whose prediction never came (not restricted by time).'),
        duplicates: Count('Ground truths beyond the first of each value of a row.'),
        conflicts: Count('Further distinct values of a row.'),
      },
      'Counts.',
    )),
    observed_failure_rate: nullableNumber('Failures by labelled predictions.'),
    expected_failure_rate: nullableNumber('Mean failure probability of the predictions that have one.'),
    champion: EvaluationSchema,
    confidence_baseline: EvaluationSchema,
    labels: named('ReportLabels', closed(
      {
        rows: Count('Labelled predictions that were judged, the newest 100,000.'),
        choice_known: Count('Those of them whose probability of being chosen to be labelled is known.'),
        choice_unknown: Count('Those whose is not: each stands for itself.'),
        audited: Count('Audited ones among them.'),
        effective_rows: Type.Number({ description: 'How many rows of equal weight say as much.' }),
        weighted: Type.Unsafe<unknown>({
          anyOf: [
            closed(
              {
                expected_failure_rate: Type.Number({ description: 'Mean failure probability.' }),
                observed_failure_rate: Type.Number({ description: 'Share of failures.' }),
                brier: Type.Number({ description: 'Brier score.' }),
                log_loss: Type.Number({ description: 'Log loss.' }),
              },
              'Under inverse-propensity weights, of at most 50.',
            ),
            { type: 'null' },
          ],
          description: 'Figures of the labelled rows in which each stands for as many predictions as were not chosen in its place; null without rows that have a failure probability.',
        }),
        unknown_labels: Type.Unsafe<unknown>({
          anyOf: [UnknownLabelsSchema, { type: 'null' }],
          description: 'Of these rows; null where the classes of the model are not known.',
        }),
        visibly_selected: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], description: 'Whether the labelled rows, weights and all, are visibly others than the predictions of their time (docs/labels.md); null where it cannot be said.' }),
        statement: Type.String({ description: 'For whom the labelled rows stand, in words.' }),
      },
      'For whom the labelled rows stand.',
    )),
    calibration_drift: named('CalibrationDrift', Type.Union([Type.Null(), closed(
      {
        meta_version: Count('The meta-model that serves; it is tested by all rows that it answered, whatever the report is restricted to.'),
        rows: Count('Labelled rows that it answered, the newest 50,000.'),
        expected_failures: Type.Number({ description: 'Sum of their failure probabilities.' }),
        observed_failures: Count('Failures among them.'),
        log_evidence: Type.Number({ description: 'Natural logarithm of the e-value against failures within 10 % of the failure probabilities; 4.605 and more is drift, which a calibrated meta-model ever reaches with a chance of 1 %.' }),
        drifted: Type.Boolean({ description: 'Whether failures have left the failure probabilities.' }),
        direction: Type.Union([Type.Literal('more_failures'), Type.Literal('fewer_failures'), Type.Null()], { description: 'Whether there are more or fewer failures than was said; null without drift.' }),
      },
      'Drift.',
    )], { description: 'A sequential test of failures against failure probabilities; null in the cold start.' })),
  },
  'Predictions against ground truth; every row was scored before its ground truth was known.',
));

const Query = closed(
  {
    ...DateRange,
    version: Type.Optional(Type.Integer({ minimum: 1, description: 'Version of the base model; the loaded one when omitted.' })),
    meta_version: Type.Optional(Type.Integer({ minimum: 0, description: 'Judge only rows answered by this meta-model.' })),
  },
  'Restrictions.',
);

/** GET /v1/models/{model}/report. */
export function reportRoutes({ reports }: Pick<Services, 'reports'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/models/:model/report',
      {
        schema: {
          operationId: 'getReport',
          tags: ['models'],
          summary: 'How good the failure probabilities were, beside the confidence baseline',
          params: ModelParameter,
          querystring: Query,
          response: replies(200, Reply, 400, 404, 503),
        },
      },
      async (request) => {
        const { model } = request.params;
        const { version, meta_version: metaVersion } = request.query;
        const report = await reports.report({ model, version: version ?? null, metaVersion: metaVersion ?? null, ...timeRange(request.query) });
        const { predictions, labelled, failures, pending, expired, duplicates, conflicts } = report.counts;
        return {
          model,
          rows: { predictions, labelled, failures, pending, expired, duplicates, conflicts },
          observed_failure_rate: report.observedFailureRate,
          expected_failure_rate: report.expectedFailureRate,
          champion: report.champion,
          confidence_baseline: report.confidenceBaseline,
          labels: labelsOf(report.labels),
          calibration_drift: driftOf(report.calibrationDrift),
        };
      },
    );
  };
}

function driftOf(view: Report['calibrationDrift']) {
  if (view === null) return null;
  const { metaVersion, rows, expected, observed, logEvidence, drifted, direction } = view;
  return { meta_version: metaVersion, rows, expected_failures: expected, observed_failures: observed, log_evidence: logEvidence, drifted, direction };
}

function labelsOf({ rows, known, unknown, audited, effectiveRows, weighted, unknownLabels, visiblySelected, statement }: Report['labels']) {
  return {
    rows,
    choice_known: known,
    choice_unknown: unknown,
    audited,
    effective_rows: effectiveRows,
    weighted: weighted === null ? null : {
      expected_failure_rate: weighted.expectedFailureRate, observed_failure_rate: weighted.observedFailureRate, brier: weighted.brier, log_loss: weighted.logLoss,
    },
    unknown_labels: unknownLabels,
    visibly_selected: visiblySelected,
    statement,
  };
}
