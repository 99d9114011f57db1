import { MetaErrError } from '../../core/errors.js';
import type { EnginePool } from '../../engine/engine.js';
import type { Signature } from '../../engine/tensor.js';
import type { Evidence, Note } from '../config/evidence.js';
import type { ModelSettings } from '../config/folder-reader.js';
import type { RowMode } from '../row-shape.js';
import type { BaseFile } from './base-file.js';
import { probeBase, Prober, type BaseProbe, type ProbeRun, type Sample } from './base-probe.js';
import { InputShapes } from './input-shapes.js';
import { observedSignature, rowOutputsOf } from './observed-signature.js';
import { rowTensors, type OutputForms } from './output-forms.js';
import { assumeRows, decideRows } from './row-probe.js';

export interface BaseEvidence extends Evidence {
  readonly rowMode: RowMode;
  readonly forms: OutputForms;
  /** Whether rows gave something else together than alone. */
  readonly rowsMix: boolean;
  /** Inputs that are known to work; null when no run succeeded. */
  readonly sample: Sample | null;
}

/** The sizes of variables that the graph gives away. */
function knownSizes(shapes: InputShapes, columns: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map(
    [...columns].flatMap(([input, size]): [string, number][] => {
      const variable = shapes.variableAt(input, 1);
      return variable === null || shapes.rowVariables.has(variable) ? [] : [[variable, size]];
    }),
  );
}

/** Whether the shapes and values of synthetic inputs could be what a model cannot read. */
function isPicky({ inputs }: Signature): boolean {
  return inputs.some(({ type, dims }) => !type.startsWith('float') || dims.length === 0 || dims.some((dim, axis) => axis > 0 && dim === null));
}

function evidenceOf(signature: Signature, settings: ModelSettings, file: BaseFile, mode: RowMode, forms: OutputForms, runs: readonly ProbeRun[]): Omit<BaseEvidence, 'sample' | 'rowsMix'> {
  const served = observedSignature(signature, runs, { mode, forms });
  return {
    settings,
    signature: served,
    rowOutputs: rowOutputsOf(served, forms),
    graph: file.graph,
    observations: runs.map((run) => ({ rows: run.rows, outputs: rowTensors(run, forms) })),
    rowMode: mode,
    forms,
  };
}

function withoutRuns(failure: string, signature: Signature, shapes: InputShapes, settings: ModelSettings, file: BaseFile, note: Note): BaseEvidence {
  if (!isPicky(signature)) throw new MetaErrError('MODEL_UNAVAILABLE', `the base model failed at warm-up: ${failure}`);
  note(`warm-up: no run with synthetic inputs succeeded, perhaps for their shapes or values (${failure}). The outputs are read by their declaration alone.`);
  const { mode, forms } = assumeRows(signature, shapes, note);
  return { ...evidenceOf(signature, settings, file, mode, forms, []), rowsMix: false, sample: null };
}

async function withRuns(prober: Prober, probe: BaseProbe, signature: Signature, settings: ModelSettings, file: BaseFile, note: Note): Promise<BaseEvidence> {
  const { mode, forms, runs, mix } = await decideRows(prober, probe, signature, note);
  const { sizes, values } = probe;
  return {
    ...evidenceOf(signature, settings, file, mode, forms, runs),
    rowsMix: mix,
    sample: { fewest: probe.runs[0]?.rows ?? 1, inputs: (rows) => prober.inputs(rows, sizes, values) },
  };
}

/** Numbers of dimensions that are tried where none are declared, the usual first. */
const RANKS = [2, 1, 3, 4, 0];

/** A signature in which inputs that declare no shape have so many dimensions of any size. */
function withRank(signature: Signature, { inputs }: BaseFile, rank: number): Signature {
  const unknown = new Set(inputs.filter(({ dims }) => dims === null).map(({ name }) => name));
  return { ...signature, inputs: signature.inputs.map((info) => (unknown.has(info.name) ? { ...info, dims: new Array<null>(rank).fill(null) } : info)) };
}

interface Attempt {
  readonly signature: Signature;
  readonly prober: Prober;
  readonly probe: BaseProbe | { readonly failure: string };
}

/** Ways to understand the shapes of the inputs, the likeliest first: as they are declared, then without the names of dimensions. */
function readings(loaded: Signature, file: BaseFile): readonly { readonly signature: Signature; readonly shapes: InputShapes }[] {
  const ranks = file.inputs.some(({ dims }) => dims === null) ? RANKS : [0];
  const signatures = ranks.map((rank) => withRank(loaded, file, rank));
  const named = signatures.map((signature) => ({ signature, shapes: new InputShapes(signature.inputs, file.inputs) }));
  const unnamed = signatures.map((signature) => ({ signature, shapes: new InputShapes(signature.inputs, []) }));
  return named.every(({ shapes }, index) => shapes.variables === unnamed[index]?.shapes.variables) ? named : [...named, ...unnamed];
}

async function firstAttempt(pool: EnginePool, session: string, loaded: Signature, file: BaseFile): Promise<Attempt> {
  let failed: Attempt | null = null;
  for (const { signature, shapes } of readings(loaded, file)) {
    const prober = new Prober(pool, session, signature, shapes, file.categories);
    const attempt = { signature, prober, probe: await probeBase(prober, knownSizes(shapes, file.columns)) };
    if (!('failure' in attempt.probe)) return attempt;
    failed ??= attempt;
  }
  if (failed === null) throw new Error('a model has at least one reading');
  return failed;
}

/**
 * Runs a base model for the first time and gathers all that the completion of its configuration looks at. Throws
 * MODEL_UNAVAILABLE when a model that reads plain numbers of fixed shape fails.
 */
export async function gatherEvidence(
  pool: EnginePool,
  session: string,
  loaded: Signature,
  file: BaseFile,
  settings: ModelSettings,
  note: Note,
): Promise<BaseEvidence> {
  file.notes.forEach(note);
  const { signature, prober, probe } = await firstAttempt(pool, session, loaded, file);
  for (const { name, dims } of signature.inputs.filter((info) => file.inputs.some((declared) => declared.name === info.name && declared.dims === null))) {
    note(`inputs: ${name} declares no shape; it is taken to have ${dims.length} dimensions of any size.`);
  }
  return 'failure' in probe ? withoutRuns(probe.failure, signature, prober.shapes, settings, file, note) : withRuns(prober, probe, signature, settings, file, note);
}
