import { Type } from 'typebox';
import { closed, named } from '../schemas.js';

const text = (description: string) => Type.String({ description });
const count = (description: string) => Type.Integer({ description, minimum: 0 });
const dimensions = (description: string) => Type.Array(Type.Integer({ minimum: -1 }), { description });

const TensorMetadata = named('OipTensorMetadata', closed(
  { name: text('Name of the tensor.'), datatype: text('Datatype of its elements.'), shape: dimensions('Dimensions; -1 is the batch, or variable.') },
  'A tensor.',
));

export const ModelMetadata = named('OipModelMetadata', closed(
  {
    name: text('Name of the model.'),
    versions: Type.Array(Type.String(), { description: 'Versions that serve.' }),
    platform: text('What runs the model.'),
    inputs: Type.Array(TensorMetadata, { description: 'Inputs.' }),
    outputs: Type.Array(TensorMetadata, { description: 'Outputs, with those that the service adds.' }),
  },
  'Metadata of a model.',
));

export const ModelReady = named('OipModelReady', closed({ name: text('Name of the model.'), ready: Type.Boolean({ description: 'It answers requests.' }) }, 'Readiness of a model.'));

const ConfigTensor = named('OipConfigTensor', closed(
  {
    name: text('Name of the tensor.'),
    data_type: text("Datatype with Triton's prefix TYPE_; TYPE_STRING is BYTES."),
    dims: dimensions('Dimensions, without the batch where max_batch_size is above 0.'),
    reshape: Type.Optional(closed({ shape: dimensions('The true shape.') }, 'The shape where dims cannot say it.')),
  },
  'A tensor.',
));

const InstanceGroup = named('OipInstanceGroup', closed(
  {
    name: text('Name of the group.'),
    kind: Type.String({ enum: ['KIND_CPU', 'KIND_GPU'], description: 'Where the instances run.' }),
    count: count('Instances that run in parallel.'),
    gpus: Type.Array(Type.Integer(), { description: 'Devices.' }),
  },
  'Instances of the model.',
));

const DynamicBatching = named('OipDynamicBatching', closed(
  {
    preferred_batch_size: Type.Array(Type.Integer(), { description: 'Rows of a full batch.' }),
    max_queue_delay_microseconds: count('Longest time that a row waits for others.'),
    default_queue_policy: closed(
      {
        timeout_action: text('What happens to a request that waited too long.'),
        default_timeout_microseconds: count('Longest wait before the run starts.'),
        allow_timeout_override: Type.Boolean({ description: 'Whether a request may ask for another time-out.' }),
        max_queue_size: count('Most rows that wait.'),
      },
      'The queue of the model.',
    ),
  },
  'How rows of several requests share a run.',
));

export const ModelConfig = named('OipModelConfig', closed(
  {
    name: text('Name of the model.'),
    platform: text('What runs the model.'),
    backend: text('What runs the model.'),
    version_policy: closed({ specific: closed({ versions: Type.Array(Type.Integer(), { description: 'Version numbers.' }) }, 'Versions that serve.') }, 'Which versions serve.'),
    max_batch_size: count('Most rows in one run; 0 where dimension 0 of the tensors is no batch.'),
    input: Type.Array(ConfigTensor, { description: 'Inputs.' }),
    output: Type.Array(ConfigTensor, { description: 'Outputs, with those that the service adds.' }),
    instance_group: Type.Array(InstanceGroup, { description: 'Instances of the model.' }),
    default_model_filename: text('File of the model in the folder of its version.'),
    dynamic_batching: Type.Optional(DynamicBatching),
    parameters: Type.Record(Type.String(), closed({ string_value: text('Value.') }, 'A parameter.'), {
      description: 'metaerr_config is the completed metaerr.yaml as JSON; metaerr_assumption_<n> says in words what the service assumed.',
    }),
  },
  "Configuration of a model in the form of Triton's ModelConfig.",
));

const duration = (description: string) => closed({ count: count('How often.'), ns: count('Nanoseconds altogether.') }, description);

const ModelStatistics = named('OipModelStatistics', closed(
  {
    name: text('Name of the model.'),
    version: text('Version of the model.'),
    last_inference: count('Time of the last request in milliseconds since 1970; 0 before the first.'),
    inference_count: count('Rows answered.'),
    execution_count: count('Runs of the model.'),
    inference_stats: closed(
      {
        success: duration('Requests answered.'),
        fail: duration('Requests that failed.'),
        queue: duration('Waiting for a run.'),
        compute_input: duration('Reading of the body.'),
        compute_infer: duration('Running of the model and its meta-model.'),
        compute_output: duration('Making of the reply.'),
        cache_hit: duration('Always 0: replies are not cached.'),
        cache_miss: duration('Always 0: replies are not cached.'),
      },
      'Requests.',
    ),
    batch_stats: Type.Array(
      closed(
        {
          batch_size: count('Rows of a run.'),
          compute_input: duration('Always 0: bodies are read by request.'),
          compute_infer: duration('Runs of so many rows.'),
          compute_output: duration('Always 0: replies are made by request.'),
        },
        'Runs of one size.',
      ),
      { description: 'By rows of a run, ascending.' },
    ),
    memory_usage: Type.Array(Type.Unsafe<unknown>({}), { description: 'Always empty.' }),
  },
  'Statistics of a model version since the server started.',
));

export const Statistics = named('OipStatistics', closed({ model_stats: Type.Array(ModelStatistics, { description: 'By model.' }) }, 'Statistics.'));
