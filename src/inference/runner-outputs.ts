import type { Tensor, TensorInfo, TensorMap } from '../engine/tensor.js';
import type { LoadedModel } from './contracts.js';
import type { OutputForm } from './output-form.js';
import type { RowMode } from './row-shape.js';
import { outputName } from './runner-plan.js';

/** An output of the base model does not have an entry for each row of the run. */
export class NotRowWiseError extends Error {
  override readonly name = 'NotRowWiseError';
}

/** The base model's outputs of one run. */
export interface ReadOutputs {
  /** With the rows as dimension 0, by their names in the run. */
  readonly rowWise: TensorMap;
  /** How each of `rowWise` stood in the engine, by its own name. */
  readonly forms: Readonly<Record<string, OutputForm>>;
  /** Those that hold for the request as a whole, as they came, by their own names. */
  readonly request: TensorMap;
}

/**
 * Tells how the outputs of one model stand in its runs: from the shapes of the run itself and, where these leave it open, from
 * the signature and from earlier runs ([1, 1] can be one row of [N, 1] or of [1, N]; a run of one row may answer without a
 * dimension for it).
 */
export class OutputReader {
  readonly #mode: RowMode;
  readonly #declared: ReadonlyMap<string, TensorInfo>;
  /** Names of the outputs in a run, and their own. */
  readonly #names: readonly (readonly [inRun: string, own: string])[];
  /** Outputs that the task reads: always taken row by row where their shape allows it. */
  readonly #needed: ReadonlySet<string | null>;
  /** Outputs that are [1, rows]. */
  readonly #columns: Set<string>;
  /** Outputs that lack the row dimension in a run of one row. */
  readonly #bare = new Set<string>();
  /** Outputs that were seen without an entry for each row. */
  readonly #shared = new Set<string>();
  #knowsOneRow: boolean;

  constructor({ rowMode, signature, config }: Pick<LoadedModel, 'rowMode' | 'signature' | 'config'>) {
    this.#mode = rowMode;
    this.#names = signature.outputs.map(({ name }) => [outputName(name), name]);
    this.#declared = new Map(signature.outputs.map((info) => [info.name, info]));
    this.#needed = new Set([config.output, config.labelOutput]);
    this.#columns = new Set(rowMode === 'single' ? [] : signature.outputs.filter(isDeclaredColumns).map(({ name }) => name));
    this.#knowsOneRow = rowMode !== 'batched';
  }

  /** Whether it is known how a run of one row answers; before, the form of a one-row part of a larger run cannot be told. */
  get knowsOneRow(): boolean {
    return this.#knowsOneRow;
  }

  /** Outputs among the tensors of a run whose every row must be answered for itself. Throws NotRowWiseError when they are not row by row. */
  readRows(tensors: TensorMap, rows: number): ReadOutputs {
    return this.#read(tensors, rows, (name, dims) => {
      const form = this.#formOf(name, dims, rows);
      if (form === null) throw new NotRowWiseError(`${name} has shape [${dims.join(', ')}] for a batch of ${rows} rows`);
      return form;
    });
  }

  /** Outputs among the tensors of a run that is one whole request: what is not row by row holds for the request. */
  readRequest(tensors: TensorMap, rows: number): ReadOutputs {
    return this.#read(tensors, rows, (name, dims) => {
      const needed = this.#needed.has(name) || (rows === 1 && this.#isSqueezed(name, dims));
      if (rows === 1 && !needed && dims[0] !== 1) this.#shared.add(name);
      if (!needed && this.#isShared(name, rows)) return null;
      const form = this.#formOf(name, dims, rows);
      if (form === null) this.#shared.add(name);
      return form;
    });
  }

  /** The forms of outputs for so many rows out of a larger run. */
  formsOfPart(forms: Readonly<Record<string, OutputForm>>, rows: number): Readonly<Record<string, OutputForm>> {
    if (rows > 1 || this.#bare.size === 0) return forms;
    return Object.fromEntries(Object.entries(forms).map(([name, form]) => [name, form === 'rows' && this.#bare.has(name) ? 'bare' : form]));
  }

  #read(tensors: TensorMap, rows: number, formOf: (name: string, dims: readonly number[]) => OutputForm | null): ReadOutputs {
    const rowWise: Record<string, Tensor> = {};
    const forms: Record<string, OutputForm> = {};
    const request: Record<string, Tensor> = {};
    for (const [inRun, name] of this.#names) {
      const tensor = tensors[inRun];
      if (tensor === undefined) continue;
      const form = formOf(name, tensor.dims);
      if (form === null) {
        request[name] = tensor;
        continue;
      }
      forms[name] = form;
      rowWise[inRun] = form === 'rows' ? tensor : { ...tensor, dims: form === 'columns' ? [rows] : [1, ...tensor.dims] };
    }
    if (rows === 1) this.#knowsOneRow = true;
    return { rowWise, forms, request };
  }

  /** Null: there is no entry for each row. */
  #formOf(name: string, dims: readonly number[], rows: number): OutputForm | null {
    if (this.#mode === 'whole') return 'bare';
    if (rows === 1) return this.#formOfOneRow(name, dims);
    if (dims[0] === rows) {
      this.#columns.delete(name);
      return 'rows';
    }
    if (dims.length !== 2 || dims[0] !== 1 || dims[1] !== rows) return null;
    this.#columns.add(name);
    return 'columns';
  }

  #formOfOneRow(name: string, dims: readonly number[]): OutputForm {
    if (dims[0] !== 1 || this.#isSqueezed(name, dims)) this.#bare.add(name);
    if (this.#bare.has(name)) return 'bare';
    return dims.length === 2 && dims[1] === 1 && this.#columns.has(name) ? 'columns' : 'rows';
  }

  /** Whether an output that is declared row by row lacks the dimension for one row. */
  #isSqueezed(name: string, dims: readonly number[]): boolean {
    const declared = this.#declared.get(name)?.dims ?? [];
    return declared[0] === null && declared.length === dims.length + 1;
  }

  /** Whether an output that has the rows as dimension 0 has them by chance. */
  #isShared(name: string, rows: number): boolean {
    return this.#shared.has(name) || (this.#declared.get(name)?.dims[0] === rows && !this.#columns.has(name));
  }
}

/** [1, N] */
function isDeclaredColumns({ dims }: TensorInfo): boolean {
  return dims.length === 2 && dims[0] === 1 && dims[1] === null;
}
