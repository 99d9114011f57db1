/**
 * The tensors of the Open Inference Protocol, version 2, as a client writes and reads them: JSON and the binary tensor data
 * extension. Written from the protocol's text, and knows nothing of the service.
 */

/** One value; BYTES are text. Null is a number that JSON has no text for. */
export type OipValue = number | bigint | boolean | string | null;

export interface OipTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<OipValue>;
}

/** What goes out: headers and body of a POST. */
export interface OipPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

export interface OipReply {
  /** Everything beside the outputs: id, model_name, model_version, parameters. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly outputs: readonly OipTensor[];
}

interface Element {
  readonly bytes: number;
  write(view: DataView, at: number, value: OipValue): void;
  read(view: DataView, at: number): OipValue;
}

function number(bytes: number, write: (view: DataView, at: number, value: number) => void, read: (view: DataView, at: number) => number): Element {
  return { bytes, write: (view, at, value) => write(view, at, Number(value)), read };
}

const ELEMENTS: Readonly<Record<string, Element>> = {
  BOOL: { bytes: 1, write: (view, at, value) => view.setUint8(at, value === true ? 1 : 0), read: (view, at) => view.getUint8(at) !== 0 },
  INT8: number(1, (view, at, value) => view.setInt8(at, value), (view, at) => view.getInt8(at)),
  UINT8: number(1, (view, at, value) => view.setUint8(at, value), (view, at) => view.getUint8(at)),
  INT16: number(2, (view, at, value) => view.setInt16(at, value, true), (view, at) => view.getInt16(at, true)),
  UINT16: number(2, (view, at, value) => view.setUint16(at, value, true), (view, at) => view.getUint16(at, true)),
  INT32: number(4, (view, at, value) => view.setInt32(at, value, true), (view, at) => view.getInt32(at, true)),
  UINT32: number(4, (view, at, value) => view.setUint32(at, value, true), (view, at) => view.getUint32(at, true)),
  INT64: { bytes: 8, write: (view, at, value) => view.setBigInt64(at, BigInt(value ?? 0), true), read: (view, at) => view.getBigInt64(at, true) },
  UINT64: { bytes: 8, write: (view, at, value) => view.setBigUint64(at, BigInt(value ?? 0), true), read: (view, at) => view.getBigUint64(at, true) },
  FP16: number(2, (view, at, value) => view.setUint16(at, halfBits(value), true), (view, at) => halfNumber(view.getUint16(at, true))),
  FP32: number(4, (view, at, value) => view.setFloat32(at, value, true), (view, at) => view.getFloat32(at, true)),
  FP64: number(8, (view, at, value) => view.setFloat64(at, value, true), (view, at) => view.getFloat64(at, true)),
};

/** For numbers that binary16 holds exactly. */
function halfBits(value: number): number {
  const sign = Object.is(value, -0) || value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size === Infinity) return sign | 0x7c00;
  const exponent = size === 0 ? -14 : Math.max(Math.floor(Math.log2(size)), -14);
  return sign + ((exponent + 14) << 10) + Math.round(size / 2 ** (exponent - 10));
}

function halfNumber(bits: number): number {
  const sign = bits >>> 15 === 1 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function element(datatype: string): Element {
  const found = ELEMENTS[datatype];
  if (found === undefined) throw new Error(`no such datatype: ${datatype}`);
  return found;
}

/** The raw bytes of a tensor. */
export function tensorBytes({ datatype, data }: OipTensor): Buffer {
  if (datatype === 'BYTES') {
    const parts = Array.from(data, (value) => Buffer.from(String(value), 'utf8'));
    return Buffer.concat(parts.flatMap((part) => [Buffer.from(Uint32Array.of(part.length).buffer), part]));
  }
  const { bytes, write } = element(datatype);
  const buffer = Buffer.alloc(data.length * bytes);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  for (let index = 0; index < data.length; index++) write(view, index * bytes, data[index] ?? null);
  return buffer;
}

/** The values in the raw bytes of a tensor. */
export function tensorValues(datatype: string, buffer: Buffer): OipValue[] {
  const values: OipValue[] = [];
  if (datatype === 'BYTES') {
    for (let at = 0; at < buffer.length; at += 4 + buffer.readUInt32LE(at)) values.push(buffer.toString('utf8', at + 4, at + 4 + buffer.readUInt32LE(at)));
    return values;
  }
  const { bytes, read } = element(datatype);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  for (let at = 0; at < buffer.length; at += bytes) values.push(read(view, at));
  return values;
}

/** A request with every input and output binary. `more` is added to the document. */
export function binaryPost(inputs: readonly OipTensor[], more: object = {}): OipPost {
  const parts = inputs.map(tensorBytes);
  const described = inputs.map(({ name, datatype, shape }, index) => ({ name, datatype, shape, parameters: { binary_data_size: parts[index]?.length ?? 0 } }));
  const document = Buffer.from(JSON.stringify({ inputs: described, parameters: { binary_data_output: true }, ...more }));
  return {
    headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(document.length) },
    payload: Buffer.concat([document, ...parts]),
  };
}

/** NaN and infinities as Python's json module writes them; integers exact. */
function jsonValue(value: OipValue): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** A request in JSON alone. */
export function jsonPost(inputs: readonly OipTensor[], more: object = {}): OipPost {
  const tensors = inputs.map(({ name, datatype, shape, data }) => {
    const head = JSON.stringify({ name, datatype, shape });
    return `${head.slice(0, -1)},"data":[${Array.from(data, jsonValue).join(',')}]}`;
  });
  const rest = JSON.stringify(more).slice(1, -1);
  const payload = Buffer.from(`{"inputs":[${tensors.join(',')}]${rest === '' ? '' : ','}${rest}}`);
  return { headers: { 'content-type': 'application/json' }, payload };
}

/** Integers that a double cannot hold become text, so that they stay exact. */
function parseExact(text: string): Record<string, unknown> {
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|(?<![\w.+-])-?\d{16,}(?![\d.eE])/g, (part) => (part.startsWith('"') ? part : `"${part}"`));
  return JSON.parse(quoted) as Record<string, unknown>;
}

interface DescribedOutput extends Omit<OipTensor, 'data'> {
  readonly data?: unknown;
  readonly parameters?: { readonly binary_data_size?: number };
}

/** Reads a reply: the document, then the binary outputs in their order. Throws when bytes are left over or missing. */
export function readReply(headers: Readonly<Record<string, unknown>>, payload: Buffer): OipReply {
  const header = headers['inference-header-content-length'];
  const length = header === undefined ? payload.length : Number(header);
  const { outputs, ...document } = parseExact(payload.toString('utf8', 0, length));
  let at = length;
  const tensors = ((outputs ?? []) as readonly DescribedOutput[]).map(({ name, datatype, shape, data, parameters }): OipTensor => {
    const size = parameters?.binary_data_size;
    if (size === undefined) return { name, datatype, shape, data: (data as readonly unknown[]).flat(Infinity) as OipValue[] };
    at += size;
    return { name, datatype, shape, data: tensorValues(datatype, payload.subarray(at - size, at)) };
  });
  if (at !== payload.length) throw new Error(`the binary outputs end at byte ${at} of ${payload.length}`);
  return { document, outputs: tensors };
}
