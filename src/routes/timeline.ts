import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { isoTime } from '../core/clock.js';
import type { Timeline, TimelineSums } from '../jobs/timeline/contracts.js';
import { closed, isoTimeText, ModelParameter, named, nullableNumber, replies } from './schemas.js';
import type { Services } from './services.js';
import { timeRange } from './time-range.js';

const MOST_BUCKETS = 500;

const SUMS = {
  predictions: Type.Integer({ description: 'Rows predicted.' }),
  scored: Type.Integer({ description: 'Those with a failure probability.' }),
  expected_failures: Type.Number({ description: 'Sum of the failure probabilities.' }),
  expected_failure_rate: nullableNumber('expected_failures by scored.'),
  labelled: Type.Integer({ description: 'Rows with a ground truth by now.' }),
  failures: Type.Integer({ description: 'Failures among them.' }),
  observed_failure_rate: nullableNumber('failures by labelled.'),
  labelled_scored: Type.Integer({ description: 'Labelled rows with a failure probability.' }),
  labelled_expected_failures: Type.Number({ description: 'Sum of the failure probabilities of the labelled rows: what failures can be set against, also where the labelled rows are no fair sample.' }),
  labelled_expected_failure_rate: nullableNumber('labelled_expected_failures by labelled_scored.'),
};

const Reply = named('Timeline', closed(
  {
    model: Type.String({ description: 'Model.' }),
    from: isoTimeText('Beginning of the range.'),
    to: isoTimeText('End of the range, not included.'),
    bucket_seconds: Type.Number({ description: 'Width of a bucket.' }),
    buckets: Type.Array(named('TimelineBucket', closed({ from: isoTimeText('Beginning of the bucket.'), ...SUMS }, 'A span of time.')), {
      description: 'In order of time, without gaps. The first and the last count only what is in the range.',
    }),
    total: named('TimelineTotal', closed(SUMS, 'Over the range.')),
  },
  'Traffic, expected and observed failures by time.',
));

const Query = closed(
  {
    from: Type.Optional(isoTimeText('Only predictions made at this time or later; 24 hours before `to` when omitted.')),
    to: Type.Optional(isoTimeText('Only predictions made before this time; now when omitted.')),
    version: Type.Optional(Type.Integer({ minimum: 1, description: 'Version of the base model; all of them when omitted.' })),
    buckets: Type.Integer({ minimum: 1, maximum: MOST_BUCKETS, default: 60, description: 'Most buckets. Their width is the smallest of 1, 2, 5, 10, 15, 30 seconds or minutes, 1, 2, 3, 6, 12 hours, 1, 2 days or whole weeks that does it.' }),
    fit: Type.Boolean({ default: false, description: 'Whether the range begins with its first prediction.' }),
  },
  'Range and resolution.',
);

const rate = (part: number, whole: number) => (whole === 0 ? null : part / whole);

function sumsReply({ predictions, scored, expectedFailures, labelled, failures, labelledScored, labelledExpectedFailures }: TimelineSums) {
  return {
    predictions,
    scored,
    expected_failures: expectedFailures,
    expected_failure_rate: rate(expectedFailures, scored),
    labelled,
    failures,
    observed_failure_rate: rate(failures, labelled),
    labelled_scored: labelledScored,
    labelled_expected_failures: labelledExpectedFailures,
    labelled_expected_failure_rate: rate(labelledExpectedFailures, labelledScored),
  };
}

function toReply(model: string, { from, to, widthMilliseconds, buckets, total }: Timeline) {
  return {
    model,
    from: isoTime(from),
    to: isoTime(to),
    bucket_seconds: widthMilliseconds / 1_000,
    buckets: buckets.map((bucket) => ({ from: isoTime(bucket.from), ...sumsReply(bucket) })),
    total: sumsReply(total),
  };
}

/** GET /v1/models/{model}/timeline. */
export function timelineRoutes({ timelines }: Pick<Services, 'timelines'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/models/:model/timeline',
      {
        schema: {
          operationId: 'getTimeline',
          tags: ['models'],
          summary: 'Traffic, expected and observed failures by time',
          description: 'Counts of a bucket may be as old as a tenth of its age, at most five minutes.',
          params: ModelParameter,
          querystring: Query,
          response: replies(200, Reply, 400, 404, 503),
        },
      },
      async (request) => {
        const { version = null, buckets, fit } = request.query;
        const { model } = request.params;
        return toReply(model, await timelines.timeline({ model, version, buckets, fit, ...timeRange(request.query) }));
      },
    );
  };
}
