import type { Signature, TensorInfo, TensorMap } from '../../engine/tensor.js';
import { sliceRows } from '../batching/tensor-rows.js';
import type { Note } from '../config/evidence.js';
import type { RowMode } from '../row-shape.js';
import type { BaseProbe, Prober, ProbeRun } from './base-probe.js';
import { isUnnamed, type InputShapes } from './input-shapes.js';
import { dataDependentOutput, formsOfBatches, formsOfSingles, hasRowDimension, rowTensors, type OutputForms } from './output-forms.js';
import { differingOutput } from './rows-agree.js';

/** How the rows of requests lie in the inputs and outputs of a model. */
export interface RowDecision {
  readonly mode: RowMode;
  readonly forms: OutputForms;
  /** All runs that succeeded, those of several rows last; without a batch, every run is one row. */
  readonly runs: readonly ProbeRun[];
  /** Whether rows gave something else together than alone. */
  readonly mix: boolean;
}

/** What the engine can tell of a model's rows. */
interface Judge {
  readonly prober: Prober;
  readonly probe: BaseProbe;
  readonly signature: Signature;
  readonly note: Note;
}

function shapeText({ dims }: TensorInfo): string {
  return `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
}

/** The mode of a model that is run on one request at a time, whose dimension 0 is no batch in effect. */
function withoutBatch({ signature, probe, note }: Judge, reason: string): RowDecision {
  const oneRow = probe.runs.every(({ rows }) => rows === 1);
  const single = oneRow && signature.inputs.every(({ dims }) => dims.length > 0 && (dims[0] === 1 || dims[0] === null));
  const meaning = single ? 'one row a run' : 'a request is one row, which is all of its tensors';
  note(`batching: ${meaning}, ${reason}.`);
  return unbatched(single ? 'single' : 'whole', probe.runs);
}

function unbatched(mode: 'single' | 'whole', runs: readonly ProbeRun[]): RowDecision {
  return { mode, forms: formsOfSingles(runs), runs: runs.map((run) => ({ ...run, rows: 1 })), mix: false };
}

function whole({ probe, note }: Judge, reason: string, further: readonly ProbeRun[] = []): RowDecision {
  note(`batching: a request is one row, which is all of its tensors, because ${reason}.`);
  return unbatched('whole', [...probe.runs, ...further]);
}

function inRequests({ probe, note }: Judge, forms: OutputForms, batches: readonly ProbeRun[], reason: string): RowDecision {
  note(`batching: each request is a run of its own, because ${reason}.`);
  return { mode: 'request', forms, runs: [...probe.runs, ...batches], mix: false };
}

/** A run in which the dimensions 0 of several inputs differ, and so are not the rows of one batch; null when they cannot. */
async function runOfDifferentRows({ prober, probe }: Judge): Promise<ProbeRun | null> {
  const variables = [...prober.shapes.rowVariables];
  if (variables.length < 2) return null;
  const sizes = (variable: string) => (variables.includes(variable) ? 2 + variables.indexOf(variable) : probe.sizes(variable));
  const outcome = await prober.run(prober.inputsOf(sizes, probe.values), 1);
  return 'failure' in outcome ? null : outcome;
}

/** Runs in which all dimensions are the same, where dimension 0 is tied to a later one; null when that does not help. */
async function runsOfEqualSizes({ prober, probe }: Judge): Promise<readonly ProbeRun[] | null> {
  if (prober.shapes.innerVariables.size === 0) return null;
  const outcomes = [];
  for (const size of [2, 3]) outcomes.push(await prober.run(prober.inputsOf(() => size, probe.values), 1));
  const runs = outcomes.flatMap((outcome) => ('failure' in outcome ? [] : [outcome]));
  return runs.length === outcomes.length ? runs : null;
}

async function separateRuns(prober: Prober, { inputs, rows }: ProbeRun, forms: OutputForms): Promise<readonly TensorMap[] | null> {
  const answers: TensorMap[] = [];
  for (let row = 0; row < rows; row++) {
    const run = await prober.run(sliceRows(inputs, row, row + 1), 1);
    if ('failure' in run) return null;
    answers.push(rowTensors(run, forms));
  }
  return answers;
}

/** Name of the first output in which a row of a batch is not what it is alone; null when there is none. */
function rowThatDiffers(together: TensorMap, alone: readonly TensorMap[]): string | null {
  for (const [row, outputs] of alone.entries()) {
    const different = differingOutput(sliceRows(together, row, row + 1), outputs, together);
    if (different !== null) return different;
  }
  return null;
}

/** Why rows of different requests must not share a run; null when they can. */
async function mixing({ prober, note }: Judge, batch: ProbeRun, forms: OutputForms): Promise<string | null> {
  const together = rowTensors(batch, forms);
  const alone = await separateRuns(prober, batch, forms);
  if (alone === null) return 'a row of a batch could not be run alone';
  const different = rowThatDiffers(together, alone);
  if (different === null) return null;
  const again = await prober.run(batch.inputs, batch.rows);
  if (!('failure' in again) && differingOutput(together, rowTensors(again, forms)) !== null) {
    note(`batching: output ${different} is random, so it could not be told whether the rows of a run influence each other; it is assumed that they do not.`);
    return null;
  }
  return `the rows of a run influence each other: output ${different} of ${batch.rows} rows is not what each row gives alone`;
}

async function decideByForms(judge: Judge, batches: readonly ProbeRun[]): Promise<RowDecision> {
  const { prober, probe, signature } = judge;
  const forms = formsOfBatches(batches, probe.runs);
  const outputs = signature.outputs.map(({ name }) => name);
  const [odd] = outputs.filter((name) => !forms.has(name));
  if (forms.size === 0) return whole(judge, 'no output has an entry for each row of dimension 0', batches);
  const fixed = signature.inputs.find(({ dims }) => dims[0] !== null);
  if (fixed !== undefined) return inRequests(judge, forms, batches, `input ${fixed.name} ${shapeText(fixed)} has no batch dimension`);
  if (odd !== undefined) return inRequests(judge, forms, batches, `output ${odd} has no entry for each row`);
  if (prober.shapes.rowsElsewhere) return inRequests(judge, forms, batches, 'the batch is the size of another dimension of the inputs too');
  const varying = dataDependentOutput([...probe.runs, ...batches], forms);
  if (varying !== null) return inRequests(judge, forms, batches, `the shape of output ${varying} depends on the values of the inputs`);
  const bare = outputs.find((name) => probe.runs.some((run) => !hasRowDimension(run, name)));
  if (bare !== undefined) return inRequests(judge, forms, batches, `output ${bare} of one row has no dimension for it, while that of several has`);
  const [, three] = batches;
  const fault = three === undefined ? null : await mixing(judge, three, forms);
  if (fault !== null) return { ...inRequests(judge, forms, batches, fault), mix: true };
  return { mode: 'batched', forms, runs: [...probe.runs, ...batches], mix: false };
}

/**
 * Without a run that succeeded: each request is run as it comes. Inputs whose dimensions 0 have names of their own need not have the same
 * number of rows.
 */
export function assumeRows(signature: Signature, shapes: InputShapes, note: Note): Pick<RowDecision, 'mode' | 'forms'> {
  const forms: OutputForms = new Map(signature.outputs.map(({ name }) => [name, 'rows']));
  const unknown = 'because no run with synthetic inputs showed more';
  const named = [...shapes.rowVariables].filter((variable) => !isUnnamed(variable));
  if (shapes.rowVariables.size > 0 && new Set(named).size <= 1) {
    note(`batching: each request is a run of its own, ${unknown}.`);
    return { mode: 'request', forms };
  }
  const single = signature.inputs.every(({ dims }) => dims[0] === 1);
  note(`batching: ${single ? 'one row a run' : 'a request is one row, which is all of its tensors'}, ${unknown}.`);
  return { mode: single ? 'single' : 'whole', forms };
}

/**
 * Decides how the rows of a request lie in the inputs, by the signature and by runs of two and three rows, and whether rows of several
 * requests can share a run: they can when three rows give the same alone as together.
 */
export async function decideRows(prober: Prober, probe: BaseProbe, signature: Signature, note: Note): Promise<RowDecision> {
  const judge = { prober, probe, signature, note };
  const free = signature.inputs.filter(({ dims }) => dims[0] === null);
  if (signature.inputs.length === 0) return whole(judge, 'the model has no inputs');
  if (free.length === 0) {
    const [first] = signature.inputs;
    return withoutBatch(judge, `because dimension 0 of input ${first?.name} is no batch: its shape is ${first === undefined ? '' : shapeText(first)}`);
  }
  const different = await runOfDifferentRows(judge);
  if (different !== null) return whole(judge, `dimension 0 of its inputs (${free.map(({ name }) => name).join(', ')}) can differ`, [different]);
  const outcomes = [];
  for (const rows of [2, 3]) outcomes.push(await prober.run(prober.inputs(rows, probe.sizes, probe.values), rows));
  const batches = outcomes.flatMap((outcome) => ('failure' in outcome ? [] : [outcome]));
  const failed = outcomes.find((outcome) => 'failure' in outcome);
  if (failed === undefined) return decideByForms(judge, batches);
  const equal = await runsOfEqualSizes(judge);
  if (equal !== null) return whole(judge, 'dimension 0 of its inputs varies only together with other dimensions', equal);
  return withoutBatch(judge, `although dimension 0 of ${free.map(({ name }) => name).join(', ')} is free: a run of ${batches.length === 0 ? 2 : 3} rows failed (${failed.failure})`);
}
