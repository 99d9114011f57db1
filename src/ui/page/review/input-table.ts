import { h } from '../dom.js';
import type { TensorInfo } from '../types.js';

const MOST_VALUES = 400;
/** Characters beyond which a value has a line of its own, so that it can be read. */
const LONG_TEXT = 24;

/** The inputs of a row that is no picture, name by name or number by number. */
export function inputTable(inputs: unknown, signature: readonly TensorInfo[]): HTMLElement {
  if (inputs === null || inputs === undefined) return h('p', { class: 'faint' }, 'The inputs of this prediction are not kept (features.store_inputs in metaerr.yaml).');
  const named = typeof inputs === 'object' && !Array.isArray(inputs) ? Object.entries(inputs) : [[signature[0]?.name ?? 'input', inputs] as const];
  const cells = named.flatMap(([name, value]) => cellsOf(name, value));
  const shown = cells.slice(0, MOST_VALUES).map(([name, value]) => h('div', { class: value.length > LONG_TEXT ? 'wide' : '' }, h('dt', { title: name }, name), h('dd', { title: value }, value)));
  const left = cells.length - shown.length;
  return h('div', {}, h('dl', { class: 'inputs', tabindex: 0, 'aria-label': 'Inputs' }, ...shown), left > 0 && h('p', { class: 'small faint' }, `and ${left} more values`));
}

function cellsOf(name: string, value: unknown): (readonly [string, string])[] {
  if (!Array.isArray(value)) return [[name, textOf(value)]];
  const flat: unknown[] = value.flat(Infinity);
  return flat.length === 1 ? [[name, textOf(flat[0])]] : flat.map((each, index) => [`${name} ${index}`, textOf(each)]);
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
