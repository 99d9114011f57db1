import { Type } from 'typebox';
import { reasonsText } from './ground-truth-reasons.js';
import { closed, isoTimeText, named } from './schemas.js';
import { UnknownLabelsSchema } from './unknown-labels-schema.js';

const MAX_ITEMS = 100_000;

/** One ground truth; in the NDJSON form, one line. */
export const Item = named(
  'GroundTruth',
  closed(
    {
      prediction_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'The prediction_id of the reply; or else model and id.' })),
      model: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'The model that id was sent to.' })),
      id: Type.Optional(
        Type.Unsafe<string | number>({
          type: ['string', 'number'],
          description:
            'Your own id, as it was sent with the request (Open Inference Protocol) or with the row (score), of up to 512 characters. An id that was used more than once is refused as ambiguous_id.',
        }),
      ),
      row: Type.Optional(Type.Integer({ minimum: 0, maximum: 2147483647, description: 'Row of the prediction; may be omitted when the request had one row, or when id is that of a row.' })),
      label: Type.Optional(Type.Union([Type.String({ maxLength: 1000 }), Type.Number(), Type.Boolean()], { description: 'The true label; 9 and "9" are the same. Where the classes are 0 and 1, false and true stand for them.' })),
      value: Type.Optional(Type.Number({ description: 'The true value of a regression.' })),
      correct: Type.Optional(Type.Boolean({ description: 'Only whether the prediction was right.' })),
      observed_at: Type.Optional(isoTimeText('When it became known; the newest counts. Time of receipt when omitted.')),
      selection: Type.Optional(Type.Object(
        { probability: Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'Above 0, up to 1.' }) },
        { additionalProperties: false, description: 'How you came to label this row: the probability with which it was chosen, by whatever you choose by. Only where the service does not know it (docs/labels.md).' },
      )),
      source: Type.Optional(Type.String({ maxLength: 200, description: 'Where it comes from, for the history.' })),
    },
    'Either prediction_id, or model and id; and exactly one of label, value and correct.',
  ),
);

export const Body = named(
  'GroundTruthRequest',
  closed({ items: Type.Array(Item, { minItems: 1, maxItems: MAX_ITEMS, description: 'Ground truths.' }) }, 'Ground truths of any models.'),
);

/** The body that a stream is; it is checked line by line. */
// The example stands in the description: tools that read examples of a media type they cannot write give up on the whole operation.
export const Lines = Type.String({
  description:
    'One item of the JSON form a line, of up to 64 KiB. Blank lines are skipped. For example `{"model": "pets", "id": "order-4711", "correct": false}`.',
});

/** There where it has something to say. */
const Unknown = Type.Optional(UnknownLabelsSchema);

const Counts = Type.Record(Type.String(), Type.Integer(), { description: 'Items by status.' });

const Results = named(
  'GroundTruthResults',
  closed(
    {
      results: Type.Array(
        named('GroundTruthResult', closed(
          {
            status: Type.String({ enum: ['matched', 'duplicate', 'conflict', 'pending', 'invalid'], description: 'What became of the item.' }),
            unknown_label: Type.Optional(Type.Literal(true, { description: 'There where it was taken, and its label is no class of the model: it is a failure.' })),
            reason: Type.Optional(Type.String({ description: `Why an item is invalid: ${reasonsText()}` })),
          },
          'Result of one item.',
        )),
        { description: 'In the order of the items.' },
      ),
      counts: Counts,
      unknown_labels: Unknown,
    },
    'To the JSON form. Sent when all that is acknowledged is durable.',
  ),
);

const Tally = named(
  'GroundTruthTally',
  closed(
    {
      lines: Type.Integer({ description: 'Lines read, blank ones not counted.' }),
      counts: Counts,
      unknown_labels: Unknown,
      invalid: Type.Array(
        named('InvalidLine', closed({ line: Type.Integer({ description: 'Number of the line, from 1.' }), reason: Type.String({ description: 'What is wrong with it.' }) }, 'An invalid line.')),
        { description: 'The first 100 invalid lines.' },
      ),
      invalid_total: Type.Optional(Type.Integer({ description: 'All invalid lines, where there are more than are listed.' })),
    },
    'To the NDJSON form. Sent when all of it is durable.',
  ),
);

export const Reply = Type.Union([Results, Tally], { description: 'Results of the JSON form, or a tally of the NDJSON form.' });
