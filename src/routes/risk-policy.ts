import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { isoTime } from '../core/clock.js';
import type { PolicyView } from '../jobs/contracts.js';
import { policyWords } from './risk-policy-words.js';
import { closed, named, isoTimeText, ModelParameter, nullableNumber, replies } from './schemas.js';
import type { Services } from './services.js';

const nullableInteger = (description: string) => Type.Unsafe<number | null>({ type: ['integer', 'null'], description });

const Reply = named('RiskPolicy', closed(
  {
    model: Type.String({ description: 'Model.' }),
    version: Type.String({ description: 'Version of the base model.' }),
    meta_version: Type.Integer({ description: 'Meta-model that serves; 0 is the cold start.' }),
    policy: closed(
      {
        kind: Type.String({ enum: ['target_risk', 'review_budget', 'fixed_threshold'], description: 'What decides: a risk that is kept, a share of reviews, or `review_threshold`.' }),
        target_risk: nullableNumber('Largest share of failures among the accepted.'),
        confidence: nullableNumber('Probability with which a calibration keeps it.'),
        review_budget: nullableNumber('Share of predictions to review.'),
      },
      'The policy of metaerr.yaml.',
    ),
    status: Type.String({ enum: ['in_force', 'no_threshold_yet'], description: 'Whether a threshold decides; while none does, every decision is review.' }),
    message: Type.String({ description: 'The same in words, with what is missing.' }),
    threshold: nullableNumber('Failure probabilities up to this one are accepted.'),
    more_ground_truths: nullableInteger('About how many more ground truths it takes until a threshold reaches the target risk; 0 when one does, null where that cannot be said.'),
    calibrated_at: isoTimeText('When the threshold was computed last.'),
    calibration: closed(
      {
        rows_from: Type.String({
          enum: ['none', 'training', 'served_and_training', 'served'],
          description: 'Which rows: those that this meta-model answered, with the failure probabilities of the replies, and those of its training, out of fold. Neither trained what scored them.',
        }),
        rows: Type.Integer({ description: 'Rows.' }),
        failures: Type.Integer({ description: 'Failures among them; 0 for a review budget, which does not look at them.' }),
        served_rows: Type.Integer({ description: 'Those that this meta-model answered.' }),
        accepted: Type.Integer({ description: 'Rows that the threshold accepts.' }),
        accepted_failures: Type.Integer({ description: 'Failures among these.' }),
        expected_coverage: nullableNumber('Share of the rows that the threshold accepts.'),
        risk_bound: nullableNumber('Upper bound of the failure rate among the accepted: exact binomial, at the level of the test that the threshold passed.'),
      },
      'What the threshold was computed from.',
    ),
    so_far: closed(
      {
        labelled: Type.Integer({ description: 'Newest labelled predictions of this meta-model that are looked at.' }),
        accepted: Type.Integer({ description: 'Those whose decision was accept.' }),
        accepted_failures: Type.Integer({ description: 'Failures among these.' }),
        accepted_failure_rate: nullableNumber('Failures by accepted; null before the first.'),
      },
      'How the decisions went, as they were answered.',
    ),
  },
  'How the decisions of a model are made.',
));

function policyReply(policy: PolicyView['policy']) {
  const none = { target_risk: null, confidence: null, review_budget: null };
  if (policy === null) return { ...none, kind: 'fixed_threshold' };
  return { ...none, ...policy, kind: 'review_budget' in policy ? 'review_budget' : 'target_risk' };
}

function toReply({ key, policy, calibration }: PolicyView) {
  const { threshold, basis, rows, failures, servedRows, accepted, acceptedFailures, coverage, riskBound, moreLabels, soFar } = calibration;
  return {
    model: key.model,
    version: String(key.version),
    meta_version: calibration.metaVersion,
    policy: policyReply(policy),
    status: threshold === null ? 'no_threshold_yet' : 'in_force',
    message: policyWords(policy, calibration),
    threshold,
    more_ground_truths: moreLabels,
    calibrated_at: isoTime(calibration.at),
    calibration: { rows_from: basis, rows, failures, served_rows: servedRows, accepted, accepted_failures: acceptedFailures, expected_coverage: coverage, risk_bound: riskBound },
    so_far: {
      labelled: soFar.labelled,
      accepted: soFar.accepted,
      accepted_failures: soFar.failures,
      accepted_failure_rate: soFar.accepted === 0 ? null : soFar.failures / soFar.accepted,
    },
  };
}

/** GET /v1/models/{model}/risk-policy. */
export function riskPolicyRoutes({ riskPolicies }: Pick<Services, 'riskPolicies'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/models/:model/risk-policy',
      {
        schema: {
          operationId: 'getRiskPolicy',
          tags: ['models'],
          summary: 'How decisions are made: the threshold, what it was calibrated on, and what is missing where there is none',
          params: ModelParameter,
          response: replies(200, Reply, 400, 404, 503),
        },
      },
      async (request) => toReply(await riskPolicies.view(request.params.model)),
    );
  };
}
