import type { Signature, TensorInfo } from '../../engine/tensor.js';
import type { RowMode } from '../row-shape.js';
import type { ProbeRun } from './base-probe.js';
import type { OutputForms } from './output-forms.js';
import type { RowDecision } from './row-probe.js';

type Dims = readonly (number | null)[];

/** The axis of an output that is the batch; -1 where there is none. */
function batchAxis(name: string, { mode, forms }: Pick<RowDecision, 'mode' | 'forms'>): number {
  const form = forms.get(name);
  if (mode === 'single' || mode === 'whole' || form === undefined || form === 'bare') return -1;
  return form === 'rows' ? 0 : 1;
}

/** Dimensions that are declared and hold; of an output without a declaration, those that were always the same. */
function reconciled(declared: Dims, shapes: readonly (readonly number[])[]): Dims {
  const [first] = shapes;
  if (first === undefined) return declared;
  const known = declared.length === first.length;
  return first.map((dim, axis) => {
    const same = shapes.every((shape) => shape[axis] === dim);
    return same && (!known || declared[axis] === dim) ? dim : null;
  });
}

/** An output with the rank that it has at run time; dimensions that vary, or are not what is declared, are null. */
function observedOutput(info: TensorInfo, runs: readonly ProbeRun[], decision: Pick<RowDecision, 'mode' | 'forms'>): TensorInfo {
  const shapes = runs.flatMap(({ outputs }) => (outputs[info.name] === undefined ? [] : [outputs[info.name]?.dims ?? []]));
  // Runs of several rows come last: an output of one row may lack the dimension for it.
  const rank = shapes.at(-1)?.length;
  const batch = batchAxis(info.name, decision);
  const dims = reconciled(info.dims, shapes.filter((shape) => shape.length === rank));
  return { ...info, dims: dims.map((dim, axis) => (axis === batch ? null : dim)) };
}

function servedInput(info: TensorInfo, mode: RowMode): TensorInfo {
  return mode === 'single' ? { ...info, dims: info.dims.map((dim, axis) => (axis === 0 ? 1 : dim)) } : info;
}

/** The signature as it is served: inputs that take one row a run say so, outputs are as they were seen. */
export function observedSignature(signature: Signature, runs: readonly ProbeRun[], decision: Pick<RowDecision, 'mode' | 'forms'>): Signature {
  return {
    inputs: signature.inputs.map((info) => servedInput(info, decision.mode)),
    outputs: signature.outputs.map((info) => observedOutput(info, runs, decision)),
  };
}

/** The row-wise outputs of a signature, with the rows as dimension 0. */
export function rowOutputsOf({ outputs }: Signature, forms: OutputForms): readonly TensorInfo[] {
  return outputs.flatMap((info) => {
    const form = forms.get(info.name);
    if (form === undefined) return [];
    if (form === 'rows') return [{ ...info, dims: [null, ...info.dims.slice(1)] }];
    return [{ ...info, dims: form === 'columns' ? [null] : [null, ...info.dims] }];
  });
}
