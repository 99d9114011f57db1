import { Type } from 'typebox';
import { OipError } from './schemas.js';

const parameters = (description: string, properties: Record<string, object> = {}) => ({
  type: 'object',
  description,
  properties,
  additionalProperties: { type: ['string', 'number', 'boolean'] },
});
const shape = { type: 'array', description: 'Dimensions.', items: { type: 'integer', minimum: 0 } };
const name = { type: 'string', description: 'Name of the tensor.' };
const datatype = { type: 'string', description: 'Datatype.', enum: ['BOOL', 'INT8', 'INT16', 'INT32', 'INT64', 'UINT8', 'UINT16', 'UINT32', 'UINT64', 'FP16', 'FP32', 'FP64', 'BYTES'] };
const binarySize = { type: 'integer', minimum: 0, description: 'Bytes of this tensor after the JSON; it then has no data.' };
const data = { type: 'array', description: 'Elements in row-major order, flat or nested; null is NaN or an infinity.', items: {} };

const Request = {
  title: 'OipInferRequest',
  type: 'object',
  required: ['inputs'],
  properties: {
    id: { type: 'string', description: 'Echoed; ground truth can name it.' },
    parameters: parameters('Parameters of the request.', {
      binary_data_output: { type: 'boolean', description: 'Whether outputs come as binary tensors.' },
      timeout: { type: 'integer', minimum: 0, description: 'Longest wait before the run starts, in microseconds.' },
    }),
    inputs: {
      type: 'array',
      description: 'Every input of the model.',
      items: { title: 'OipInputTensor', type: 'object', required: ['name', 'shape', 'datatype'], properties: { name, shape, datatype, parameters: parameters('Parameters of the input.', { binary_data_size: binarySize }), data } },
    },
    outputs: {
      type: 'array',
      description: 'Outputs to return; all when left out.',
      items: {
        title: 'OipRequestedOutput',
        type: 'object',
        required: ['name'],
        properties: {
          name,
          parameters: parameters('Parameters of the output.', {
            binary_data: { type: 'boolean', description: 'Whether this output comes as a binary tensor.' },
            classification: { type: 'integer', minimum: 1, description: 'Return the so many largest elements as "<value>:<index>[:<label>]".' },
          }),
        },
      },
    },
  },
  examples: [{ id: 'r1', inputs: [{ name: 'X', shape: [1, 4], datatype: 'FP32', data: [5.1, 3.5, 1.4, 0.2] }] }],
};

const Reply = {
  title: 'OipInferReply',
  type: 'object',
  required: ['model_name', 'model_version', 'id', 'outputs'],
  properties: {
    model_name: { type: 'string', description: 'Model.' },
    model_version: { type: 'string', description: 'Version of the base model.' },
    id: { type: 'string', description: 'The id of the request, or one made for it.' },
    parameters: parameters('How the failure probabilities came about.', {
      metaerr_prediction_id: { type: 'string', description: 'Id of this reply; with the row the key for ground truth.' },
      metaerr_meta_version: { type: 'integer', description: 'Version of the meta-model; 0 is the cold start.' },
      metaerr_status: { type: 'string', enum: ['ok', 'label_free', 'cold_start', 'degraded'], description: 'How the failure probability came about: from a meta-model (ok), from one that no ground truth has calibrated yet (label_free), from the confidence alone (cold_start), or not as it should (degraded).' },
    }),
    outputs: {
      type: 'array',
      description: 'Outputs of the model, and metaerr_failure_probability and metaerr_decision.',
      items: { title: 'OipOutputTensor', type: 'object', required: ['name', 'shape', 'datatype'], properties: { name, shape, datatype, parameters: parameters('Parameters of the output.', { binary_data_size: binarySize }), data } },
    },
  },
};

const binary = (description: string) => ({ schema: { type: 'string', format: 'binary', description } });

/** Bodies are raw bytes to the server; this is for the document alone. */
export const InferBody = Type.Unsafe<Buffer | undefined>({
  content: {
    'application/json': { schema: { ...Request, description: 'JSON; with Inference-Header-Content-Length, followed by binary tensors.' } },
    'application/octet-stream': {
      ...binary('JSON of so many bytes as Inference-Header-Content-Length says, followed by the binary tensors; at 0, one raw tensor for a model with one input.'),
    },
  },
});

/** Text, so that it is checked by the one who reads it: `0x10` and `1e2` are no lengths. */
export const InferHeaders = Type.Object({
  'inference-header-content-length': Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description: 'Bytes of the JSON before the binary tensors, uncompressed.', examples: ['144'] })),
});

const InferReply = {
  description: 'The outputs.',
  headers: { 'Inference-Header-Content-Length': { type: 'integer', description: 'Bytes of the JSON before the binary tensors, uncompressed; only where some output is binary.' } },
  content: {
    'application/json': { schema: Reply },
    'application/octet-stream': binary('JSON followed by the binary tensors.'),
  },
};

export const INFER_REPLIES: Readonly<Record<number, object>> = {
  200: InferReply,
  ...Object.fromEntries([400, 404, 413, 415, 500, 503, 504].map((status) => [status, OipError])),
};
