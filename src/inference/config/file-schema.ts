import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const count = (description: string, value: number, maximum: number, minimum = 1) => Type.Integer({ description, default: value, minimum, maximum });
const amount = (description: string, value: number, maximum: number) => Type.Number({ description, default: value, minimum: 0, maximum });

const Tolerance = Type.Object(
  {
    absolute: amount('Largest absolute error that is no failure, in the unit of the prediction.', 0, Number.MAX_VALUE),
    relative: amount('Largest error that is no failure, as a share of the size of the prediction; the larger of the two allowances counts.', 0, 1_000_000),
  },
  {
    ...closed,
    description: 'Error of a regression up to which a prediction is no failure. Required for `task: regression`, and refused for any other task.',
  },
);

export const DEFAULT_FEATURE_WIDTH = 256;

const Features = Type.Object(
  {
    max_width: count('Most numbers of one row that describe the inputs to the meta-model.', DEFAULT_FEATURE_WIDTH, 4096),
    pictures: Type.Enum(['auto', 'none'], {
      description:
        'Which inputs are described as pictures (docs/decisions/0023 and 0030): `auto`, those that `pictures.height` and `pictures.width` say, else those whose shape is ' +
        'that of one, and flat rows of exactly 784 numbers, which are taken for 28 x 28 grey pixels; `none`, no input: all are tables.',
      default: 'auto',
    }),
    series: Type.Enum(['auto', 'none', 'all'], {
      description:
        'Which inputs are described as series of measurements, by what happens in them and not by when (docs/decisions/0034): `auto`, those of the shape [channels, time] or [time, channels] ' +
        'where time is known only at run time, or is 32 steps or more and four times longer than there are channels; `none`, no input; `all`, also flat rows of 32 numbers or more, which are one channel. One channel of 100 steps or fewer, or with room for 254 numbers beside its values, is described value by value too (docs/decisions/0036).',
      default: 'auto',
    }),
    texts: Type.Enum(['auto', 'none', 'all'], {
      description:
        'Which string inputs are free texts, described by their words and the letters in them (docs/decisions/0031): `auto`, those that the graph of the model takes apart ' +
        '(Tokenizer, StringSplit, TfIdfVectorizer); `none`, no input: the values of all are categories; `all`, every one. With `auto` and `all` integers that the graph looks ' +
        'up in a vocabulary, and those called `input_ids`, are described by which tokens there are; with `none` they are numbers.',
      default: 'auto',
    }),
    test_time_augmentation: Type.Enum(['none', 'horizontal_flip'], {
      description:
        'What the base model is asked beside each row (docs/decisions/0032). `horizontal_flip`: the same pictures in a mirror, left to right. Where the two answers differ the prediction is ' +
        'less certain than it looks. The prediction stays that of the picture itself; ground truths teach about both. Only for pictures that mean the same in a mirror (not for digits or signs); costs a second run of the base model.',
      default: 'none',
    }),
    store_inputs: Type.Enum(['auto', 'none', 'all'], {
      description: 'Whether the raw inputs of a row are kept in the ledger: `auto` keeps rows of up to 4 KiB.',
      default: 'auto',
    }),
  },
  { ...closed, description: 'Features of the inputs.', default: {} },
);

const Pictures = Type.Object(
  {
    show: Type.Enum(['auto', 'none'], {
      description: 'Whether the page at /ui shows stored inputs as pictures: `auto` shows those that `height` and `width` say, else numeric inputs of the shape [C, H, W], [H, W, C] or [H, W] with 1 to 4 channels and sides of 8 or more, and flat rows of 784 numbers (unless `features.pictures` is `none`).',
      default: 'auto',
    }),
    input: Type.Optional(Type.String({ description: 'Only this input is a picture.', minLength: 1 })),
    height: Type.Optional(Type.Integer({ description: 'Height of the picture, where the shape of the input does not tell (a flat vector of pixels); together with `width`. An input must have exactly height x width x channels numbers a row.', minimum: 1, maximum: 4096 })),
    width: Type.Optional(Type.Integer({ description: 'Its width.', minimum: 1, maximum: 4096 })),
    channels: count('Its channels, with `height` and `width`: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.', 1, 4),
    order: Type.Enum(['CHW', 'HWC'], { description: 'Order of its values, with `height` and `width`.', default: 'CHW' }),
  },
  { ...closed, description: 'Which input is a picture: for the features (`features.pictures`), and for the page at /ui, which shows raw inputs as far as `features.store_inputs` keeps them.', default: {} },
);

const Batching = Type.Object(
  {
    max_rows: count('Most rows in one run of the base model.', 32, 65_536),
    max_delay_microseconds: count('Longest time that a row waits for others to join its batch, in microseconds; a caller that sends one request after the other does not wait.', 500, 10_000_000, 0),
    max_queue_rows: count('Most rows that wait; further requests are refused.', 4096, 10_000_000),
    timeout_milliseconds: count('A request that did not start within this time is refused, in milliseconds.', 30_000, 3_600_000),
  },
  { ...closed, description: 'Micro-batching: rows of several requests share one run of the base model.', default: {} },
);

const RiskPolicy = Type.Object(
  {
    target_risk: Type.Optional(
      Type.Number({ description: 'Share of failures among the accepted predictions that is not to be exceeded. Either this or `review_budget`.', minimum: 0.0001, maximum: 0.5 }),
    ),
    confidence: Type.Optional(
      Type.Number({ description: 'Probability with which a calibration keeps the target risk; 0.95 where it is left out. Only with `target_risk`.', minimum: 0.5, maximum: 0.9999 }),
    ),
    review_budget: Type.Optional(
      Type.Number({ description: 'Share of predictions, the riskiest, whose decision is `review`. Either this or `target_risk`.', minimum: 0.0001, maximum: 0.9999 }),
    ),
  },
  {
    ...closed,
    description:
      'Decides by a threshold that the service computes itself, in place of `review_threshold`; while none is known, every decision is `review`. ' +
      'See docs/risk-policy.md.',
  },
);

export const DEFAULT_LABELLED_ROWS = 30_000;
/** Also that of models whose profiles were published before the setting was there. */
export const DEFAULT_STORED_ROWS = 10_000;
export const DEFAULT_UNLABELLED_ROWS = 5_000;
export const DEFAULT_MIN_UNLABELLED_ROWS = 200;

const Retraining = Type.Object(
  {
    automatic: Type.Boolean({ description: 'Whether new ground truths start a retraining.', default: true }),
    new_ground_truths: count('New ground truths since the last training that start the next one.', 200, 1_000_000_000),
    growth: amount('New ground truths, as a share of the rows of the last training, that are also needed to start the next one.', 0.25, 1000),
    schedule: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      default: null,
      description:
        'Times of further retrainings, as a cron expression of five fields in UTC: `0 3 * * *` is every night at three. One at which no ground ' +
        'truth has come since the last training, and none has become old enough (`label_maturity_seconds`), is skipped.',
    }),
    label_maturity_seconds: amount('Predictions younger than this count neither in trainings nor in reports, labelled or not, so that ground truths that come fast do not stand for those that come late; in seconds.', 0, 315_360_000),
    max_rows: count('Newest labelled rows that a training reads.', DEFAULT_LABELLED_ROWS, 10_000_000),
    max_stored_rows: count('Newest labelled rows that a meta-model keeps for its distances.', DEFAULT_STORED_ROWS, 1_000_000),
    max_unlabelled_rows: count('Newest predictions without a ground truth that a training reads: what inputs and base model say without labels; 0: none.', DEFAULT_UNLABELLED_ROWS, 100_000, 0),
    min_unlabelled_rows: count('Predictions without a ground truth from which on a meta-model is trained on them alone, while none that learnt from ground truths serves; again at four times as many. 0: never.', DEFAULT_MIN_UNLABELLED_ROWS, 100_000, 0),
    timeout_seconds: count('A training that takes longer is stopped, in seconds.', 600, 604_800),
    seed: count('Seed of everything random in a training.', 1, 2_147_483_647, 0),
  },
  { ...closed, description: 'When and how the meta-model is retrained.', default: {} },
);

const Retention = Type.Object(
  {
    days: amount('Predictions and their ground truths are deleted after so many days.', 90, 36_500),
    max_rows: count('Most predictions of the model that are kept; the oldest go first.', 1_000_000, 1_000_000_000),
    inputs_days: amount('Raw inputs are deleted after so many days.', 14, 36_500),
    pending_days: amount('Ground truths without a prediction expire after so many days.', 7, 36_500),
  },
  { ...closed, description: 'How long the ledger keeps the rows of the model.', default: {} },
);

const DeclaredTensors = (what: string) =>
  Type.Array(
    Type.Object(
      {
        name: Type.String({ description: 'Name of the tensor.', minLength: 1 }),
        datatype: Type.Enum(['BOOL', 'INT8', 'INT16', 'INT32', 'INT64', 'UINT8', 'UINT16', 'UINT32', 'UINT64', 'FP16', 'FP32', 'FP64', 'BYTES'], {
          description: 'Datatype of the Open Inference Protocol.',
          default: 'FP32',
        }),
        shape: Type.Array(Type.Integer({ minimum: -1 }), { description: 'Dimensions; the first is the row (-1), further ones may be -1 for variable.', minItems: 1 }),
      },
      closed,
    ),
    { description: `${what} of a model that is served elsewhere; only for \`source: external\`.`, minItems: 1 },
  );

/** Everything that `metaerr.yaml` can say; every key may be left out. */
export const ModelFileSchema = Type.Object(
  {
    source: Type.Enum(['onnx', 'external'], {
      description:
        'Where the base model runs: `onnx`, here; `external`, elsewhere, and this service scores its outputs (`POST /v1/models/{model}/score`). ' +
        'An external model has no model.onnx; task, outputs and labels are declared here.',
      default: 'onnx',
    }),
    inputs: Type.Optional(DeclaredTensors('Inputs')),
    outputs: Type.Optional(DeclaredTensors('Outputs')),
    version: Type.Optional(Type.Integer({ description: 'Version of the base model to load. Default: the newest; 1 for an external model.', minimum: 1, maximum: 2_147_483_647 })),
    task: Type.Optional(
      Type.Enum(['classification', 'binary', 'regression', 'custom'], {
        description:
          'How the outputs are read. Default: recognised from the model, else `custom`, for which only the ground truth `correct` counts.',
      }),
    ),
    output: Type.Optional(Type.String({ description: 'Output that holds the class scores or the value. Default: recognised from the model.', minLength: 1 })),
    scores: Type.Optional(
      Type.Enum(['probabilities', 'logits', 'binary_probability', 'binary_logit'], {
        description:
          'What the class scores are; the binary ones are a single score, that of the class of index 1. Default: recognised from the model.',
      }),
    ),
    label_output: Type.Optional(
      Type.String({ description: 'Output that holds the predicted label. Default: recognised from the model, else the largest score decides.', minLength: 1 }),
    ),
    labels: Type.Optional(
      Type.Unsafe<string | readonly (string | number | boolean)[]>({
        type: ['string', 'array'],
        minLength: 1,
        minItems: 2,
        items: { type: ['string', 'number', 'boolean'] },
        description:
          'Class names by index: a list, or the name of a text file (UTF-8) in the folder of the model with one name a line. ' +
          'Default: those in the model, else the index. A label output that has other names for the classes (0, 1, 2) is read under these.',
      }),
    ),
    tolerance: Type.Optional(Tolerance),
    features: Features,
    pictures: Pictures,
    batching: Batching,
    instances: count('Sessions of the model that run in parallel, each in a thread of its own.', 1, 64),
    intra_op_threads: count('Threads inside one operator.', 1, 256),
    execution_providers: Type.Array(Type.Enum(['cpu', 'cuda']), {
      description: 'Where the base model runs, in order of preference (`cpu`, `cuda`); one that is missing falls back to `cpu`.',
      default: ['cpu'],
      minItems: 1,
      uniqueItems: true,
    }),
    risk_policy: Type.Optional(RiskPolicy),
    review_threshold: Type.Number({ description: 'The decision is `review` above this failure probability. Not together with `risk_policy`.', default: 0.5, minimum: 0, maximum: 1 }),
    append_outputs: Type.Boolean({
      description:
        'Whether `metaerr_failure_probability` and `metaerr_decision` are listed in the Open Inference Protocol\'s metadata and are part of every reply ' +
        'for which no outputs are named. By name they can always be asked for.',
      default: true,
    }),
    audit_share: Type.Number({
      description: 'Share of the predictions, chosen at random, whose ground truth is asked for whatever their risk (`audit: true` in the reply). See docs/labels.md.',
      default: 0,
      minimum: 0,
      maximum: 1,
    }),
    labelling: Type.Enum(['any', 'reviewed'], {
      description:
        'Which predictions get a ground truth. `any`: all, or some that were not chosen by their risk. `reviewed`: those whose decision is `review`, and ' +
        'the audited ones; each labelled row then stands for as many as were not chosen. See docs/labels.md.',
      default: 'any',
    }),
    retraining: Retraining,
    retention: Retention,
  },
  { ...closed, description: 'Settings of one model: `<model repository>/<name>/metaerr.yaml`.' },
);

/** `metaerr.yaml` with the defaults filled in; what is still missing is completed from the model. */
export type ModelFile = Static<typeof ModelFileSchema>;
