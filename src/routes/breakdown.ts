import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Breakdown } from '../jobs/breakdown/contracts.js';
import { closed, DateRange, ModelParameter, named, nullableNumber, replies } from './schemas.js';
import { Searched, searchedReply } from './searched.js';
import type { Services } from './services.js';
import { timeRange } from './time-range.js';

const count = (description: string) => Type.Integer({ description });

const Reply = named('Breakdown', closed(
  {
    model: Type.String({ description: 'Model.' }),
    histogram: Type.Array(
      named('HistogramBin', closed(
        {
          from: Type.Number({ description: 'Failure probabilities from this one on,' }),
          to: Type.Number({ description: 'and below this one; the last bin has 1 too.' }),
          predictions: count('Rows.'),
          labelled: count('Those with a ground truth.'),
          failures: count('Failures among these.'),
        },
        'One bin.',
      )),
      { description: 'Rows by failure probability, in 20 bins of equal width.' },
    ),
    classes: Type.Array(
      named('ClassFailures', closed(
        {
          label: Type.String({ description: 'Predicted label.' }),
          predictions: count('Rows.'),
          scored: count('Those with a failure probability.'),
          expected_failures: Type.Number({ description: 'Sum of these.' }),
          labelled: count('Rows with a ground truth.'),
          failures: count('Failures among them.'),
        },
        'The rows of one predicted label.',
      )),
      { description: 'Labels with most failures, known and expected, first; at most 100.' },
    ),
    pairs: Type.Array(
      named('ClassPair', closed(
        {
          predicted: Type.String({ description: 'Predicted label.' }),
          actual: Type.String({ description: 'True label.' }),
          failures: count('How often.'),
          mean_failure_probability: nullableNumber('Mean failure probability of these, as answered.'),
        },
        'One class taken for another.',
      )),
      { description: 'The most frequent first; at most 20.' },
    ),
    statuses: closed({ ok: count('Scored by a meta-model.'), label_free: count('Scored by a label-free meta-model.'), cold_start: count('Scored by the confidence alone.'), degraded: count('Not scored.') }, 'Rows by metaerr_status.'),
    reviews: count('Rows whose decision was review.'),
    searched: Searched,
  },
  'Where failures gather.',
));

function toReply(model: string, { histogram, classes, pairs, statuses, reviews, searched }: Breakdown) {
  return {
    model,
    histogram: [...histogram],
    classes: classes.map(({ expectedFailures, ...rest }) => ({ ...rest, expected_failures: expectedFailures })),
    pairs: pairs.map(({ meanFailureProbability, ...rest }) => ({ ...rest, mean_failure_probability: meanFailureProbability })),
    statuses,
    reviews,
    searched: searchedReply(searched),
  };
}

/** GET /v1/models/{model}/breakdown. */
export function breakdownRoutes({ breakdowns }: Pick<Services, 'breakdowns'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/models/:model/breakdown',
      {
        schema: {
          operationId: 'getBreakdown',
          tags: ['models'],
          summary: 'Where failures gather: by failure probability, by predicted class, by pair of classes',
          description: 'Looks at the newest 100,000 predictions of the range or a little more; `searched` says how far back that was.',
          params: ModelParameter,
          querystring: closed(
            { ...DateRange, version: Type.Optional(Type.Integer({ minimum: 1, description: 'Version of the base model; all of them when omitted.' })) },
            'Restrictions.',
          ),
          response: replies(200, Reply, 400, 404, 503),
        },
      },
      async (request) => {
        const { model } = request.params;
        return toReply(model, await breakdowns.breakdown({ model, version: request.query.version ?? null, ...timeRange(request.query) }));
      },
    );
  };
}
