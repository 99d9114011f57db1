import type { OipTensor, OipValue } from './oip-client.js';
import type { ZooConfiguration, ZooTensor } from './zoo-cases.js';

/** Relative tolerance by datatype; other datatypes are exact. */
const TOLERANCE: Readonly<Record<string, number>> = { FP16: 2e-3, FP32: 1e-5, FP64: 1e-5 };
/** Errors below this share of the largest value of the tensor are rounding. */
const NOISE = 1e-6;

/** Null in a JSON reply stands for any number that JSON has no text for. */
function closeTo(found: OipValue, expected: number, tolerance: number, noise: number): boolean {
  if (found === null) return !Number.isFinite(expected);
  const value = Number(found);
  if (!Number.isFinite(expected)) return Object.is(value, expected);
  return Math.abs(value - expected) <= tolerance * Math.abs(expected) + noise;
}

function largest(data: ZooTensor['data']): number {
  let size = 0;
  for (const value of data) if (Number.isFinite(Number(value))) size = Math.max(size, Math.abs(Number(value)));
  return size;
}

/** What is different in a tensor, in words; null when it is as expected. */
export function tensorFault(found: OipTensor | undefined, expected: ZooTensor): string | null {
  const { name, datatype, shape, data } = expected;
  if (found === undefined) return `${name}: missing`;
  if (found.datatype !== datatype) return `${name}: datatype ${found.datatype}, expected ${datatype}`;
  if (found.shape.join() !== shape.join()) return `${name}: shape [${found.shape.join()}], expected [${shape.join()}]`;
  if (found.data.length !== data.length) return `${name}: ${found.data.length} values, expected ${data.length}`;
  const tolerance = TOLERANCE[datatype];
  const noise = tolerance === undefined ? 0 : NOISE * largest(data);
  const same = (value: OipValue, wanted: number | string | boolean) =>
    tolerance === undefined ? String(value) === String(wanted) : closeTo(value, Number(wanted), tolerance, noise);
  const wrong = data.findIndex((wanted, index) => !same(found.data[index] ?? null, wanted));
  return wrong === -1 ? null : `${name}: value ${wrong} is ${String(found.data[wrong])}, expected ${String(data[wrong])}`;
}

/** What is different between the outputs of a reply and the expected ones; `own` names are the service's own and are left out. */
export function outputFaults(found: readonly OipTensor[], expected: readonly ZooTensor[], own: ReadonlySet<string> = new Set()): string[] {
  const wanted = new Set(expected.map(({ name }) => name));
  const extra = found.filter(({ name }) => !wanted.has(name) && !own.has(name)).map(({ name }) => `${name}: not expected`);
  return [...expected.flatMap((tensor) => tensorFault(found.find(({ name }) => name === tensor.name), tensor) ?? []), ...extra];
}

/** What is different in a configuration, in words. */
export function configurationFaults(found: Readonly<Record<keyof ZooConfiguration, unknown>>, expected: ZooConfiguration): string[] {
  const { rows, ...others } = expected;
  const accepted: readonly unknown[] = typeof rows === 'string' ? [rows] : rows;
  const faults = Object.entries(others).flatMap(([key, value]) => {
    const own = found[key as keyof ZooConfiguration];
    return JSON.stringify(own) === JSON.stringify(value) ? [] : [`${key}: ${JSON.stringify(own)}, expected ${JSON.stringify(value)}`];
  });
  return accepted.includes(found.rows) ? faults : [`rows: ${String(found.rows)}, expected ${accepted.join(' or ')}`, ...faults];
}
