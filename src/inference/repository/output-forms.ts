import type { Tensor, TensorMap } from '../../engine/tensor.js';
import type { OutputForm } from '../output-form.js';
import type { ProbeRun } from './base-probe.js';

/** How the outputs with an entry for each row stand in the engine; the others are absent. */
export type OutputForms = ReadonlyMap<string, OutputForm>;

function formIn(tensor: Tensor | undefined, rows: number): OutputForm | null {
  if (tensor === undefined) return null;
  const { dims } = tensor;
  if (dims[0] === rows) return 'rows';
  return dims.length === 2 && dims[0] === 1 && dims[1] === rows ? 'columns' : null;
}

function namesOf(runs: readonly ProbeRun[]): readonly string[] {
  return Object.keys(runs[0]?.outputs ?? {});
}

/** Whether a run of one row speaks against a form: it has the dimension for the rows, and another number of entries. */
function contradicts(tensor: Tensor | undefined, rows: number, form: OutputForm, rank: number): boolean {
  return tensor !== undefined && tensor.dims.length === rank && formIn(tensor, rows) !== form && tensor.dims[form === 'rows' ? 0 : 1] !== rows;
}

/**
 * The forms that hold in runs of different numbers of rows, each of several. `singles` are runs of one row: an output whose size depends
 * on values may have as many entries as rows by chance.
 */
export function formsOfBatches(batches: readonly ProbeRun[], singles: readonly ProbeRun[]): OutputForms {
  const forms = new Map<string, OutputForm>();
  for (const name of namesOf(batches)) {
    const [form, ...others] = batches.map(({ outputs, rows }) => formIn(outputs[name], rows));
    if (form === undefined || form === null || others.some((other) => other !== form)) continue;
    const rank = batches[0]?.outputs[name]?.dims.length ?? 0;
    if (!singles.some(({ outputs, rows }) => contradicts(outputs[name], rows, form, rank))) forms.set(name, form);
  }
  return forms;
}

/** Whether an output of a run of one row has the dimension for it. */
export function hasRowDimension({ outputs, rows }: ProbeRun, name: string): boolean {
  return formIn(outputs[name], rows) !== null;
}

/** An output whose inner dimensions were not always the same for inputs of the same shapes; null when there is none. */
export function dataDependentOutput(runs: readonly ProbeRun[], forms: OutputForms): string | null {
  const shapes = new Map<string, string>();
  for (const run of runs) {
    const sizes = Object.values(run.inputs).map(({ dims }) => dims.slice(1).join());
    for (const [name, { dims }] of Object.entries(rowTensors(run, forms))) {
      const key = JSON.stringify([name, sizes]);
      const inner = dims.slice(1).join();
      if ((shapes.get(key) ?? inner) !== inner) return name;
      shapes.set(key, inner);
    }
  }
  return null;
}

/** The forms of a model that is run on one row at a time: every output belongs to the row. */
export function formsOfSingles(runs: readonly ProbeRun[]): OutputForms {
  return new Map(namesOf(runs).map((name) => [name, runs.every(({ outputs }) => outputs[name]?.dims[0] === 1) ? 'rows' : 'bare']));
}

/** An output with the rows as dimension 0. */
function rowTensor(tensor: Tensor, rows: number, form: OutputForm): Tensor {
  if (form === 'rows' && tensor.dims[0] === rows) return tensor;
  if (form === 'columns') return { ...tensor, dims: [rows] };
  return { ...tensor, dims: [1, ...tensor.dims] };
}

/** The row-wise outputs of a run with the rows as dimension 0. */
export function rowTensors({ outputs, rows }: ProbeRun, forms: OutputForms): TensorMap {
  return Object.fromEntries(
    [...forms].flatMap(([name, form]) => {
      const tensor = outputs[name];
      return tensor === undefined ? [] : [[name, rowTensor(tensor, rows, form)]];
    }),
  );
}
