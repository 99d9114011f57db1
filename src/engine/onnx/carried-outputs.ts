import { ELEMENT_TYPE_NUMBERS } from './elements.js';
import { namesRead, producersOf, readBySubgraphs } from './graph-walk.js';
import { encodeAttribute, encodeNode } from './messages.js';
import type { OnnxModel, OnnxNode } from './model-reader.js';
import type { OutputChange } from './output-plan.js';
import { rewriteModel, type OutputDeclaration } from './rewrite.js';

/** What is served in the place of a graph output. */
export interface ServedOutput {
  readonly change: OutputChange;
  /** Names of the outputs in its place; none for one that is dropped. */
  readonly names: readonly string[];
}

export interface CarriedModel {
  readonly bytes: Uint8Array;
  readonly served: readonly ServedOutput[];
}

type Replaced = OutputChange & { readonly kind: 'replaced' };

/** Names of the outputs of nodes that nothing needs when these outputs of the graph are gone. */
function droppable(model: OnnxModel, gone: ReadonlySet<string>, candidates: readonly OnnxNode[]): ReadonlySet<string> {
  const dropped = new Set<OnnxNode>();
  const kept = new Set(model.outputs.map((output) => output.name).filter((name) => !gone.has(name)));
  for (;;) {
    const read = namesRead(model.nodes.filter((node) => !dropped.has(node)));
    const more = candidates.filter((node) => !dropped.has(node) && node.outputs.every((name) => !read.has(name) && !kept.has(name)));
    if (more.length === 0) return new Set([...dropped].flatMap((node) => node.outputs));
    for (const node of more) dropped.add(node);
  }
}

/** Gives tensors inside of a graph the names of outputs: by another name where that is safe, else by a copy. */
class OutputWriter {
  readonly renamed = new Map<string, string>();
  readonly nodes: Uint8Array[] = [];
  readonly #hasDefaultDomain: boolean;
  readonly #made: ReadonlySet<string>;
  readonly #readInside: ReadonlySet<string>;
  /** Values whose names must stay: what the graph declares, and what subgraphs read by name. */
  readonly #fixed: ReadonlySet<string>;
  readonly #taken: Set<string>;

  constructor(model: OnnxModel, dropped: ReadonlySet<string>) {
    const declared = [...model.inputs, ...model.outputs].map(({ name }) => name);
    this.#hasDefaultDomain = model.opsets.has('');
    this.#made = new Set(producersOf(model.nodes).keys());
    this.#readInside = readBySubgraphs(model.nodes);
    this.#fixed = new Set([...declared, ...model.initializerNames, ...this.#readInside]);
    this.#taken = new Set([...model.inputs.map(({ name }) => name), ...model.initializerNames, ...this.#made].filter((name) => !dropped.has(name)));
  }

  /** Makes a tensor an output of this name, if it is free, else of its own. Returns the name. */
  bring(tensor: string, name: string): string {
    const now = this.renamed.get(tensor) ?? tensor;
    if (name === now || this.#taken.has(name)) return now;
    if (!this.#fixed.has(tensor) && !this.renamed.has(tensor) && this.#made.has(tensor)) this.renamed.set(tensor, name);
    else if (this.#hasDefaultDomain) this.nodes.push(encodeNode({ opType: 'Identity', inputs: [now], outputs: [name] }));
    else return now;
    this.#taken.add(name);
    return name;
  }

  /** Makes an output of another element type; under its own name where no subgraph reads it by that. */
  cast(output: string, to: 'float32' | 'uint8' | 'int8'): string {
    const canRename = this.#made.has(output) && !this.#readInside.has(output);
    const [from, name] = canRename ? [`${output}_carried_as_${to}`, output] : [output, `${output}_${to}`];
    if (canRename) this.renamed.set(output, from);
    const attributes = [encodeAttribute('to', ELEMENT_TYPE_NUMBERS[to])];
    this.nodes.push(encodeNode({ opType: 'Cast', inputs: [from], outputs: [name], attributes }));
    return name;
  }
}

function replacedDeclarations({ output, form, tensors, labels }: Replaced, writer: OutputWriter): OutputDeclaration[] {
  if (form === 'elements') return tensors.map((tensor, index) => ({ name: writer.bring(tensor, `${output}_${index}`), type: null, dims: null }));
  // ZipMap is defined on tensor(float) only.
  const declared = labels === null ? ({ type: null, dims: null } as const) : ({ type: 'float32', dims: [null, labels.length] } as const);
  return tensors.map((tensor) => ({ name: writer.bring(tensor, output), ...declared }));
}

function declarationsOf(change: OutputChange, writer: OutputWriter): OutputDeclaration[] {
  switch (change.kind) {
    case 'replaced':
      return replacedDeclarations(change, writer);
    case 'cast':
      return [{ name: writer.cast(change.output, change.to), type: change.to, dims: change.dims }];
    case 'added':
      return [{ name: writer.bring(change.tensor, change.output), type: 'float32', dims: [null, change.columns.length] }];
    case 'dropped':
      return [];
  }
}

/** No output is declared twice: a tensor may stand behind several, or be one itself. */
function withoutRepetition(declarations: readonly OutputDeclaration[], declared: Set<string>): OutputDeclaration[] {
  return declarations.filter(({ name }) => !declared.has(name) && declared.add(name));
}

/**
 * The model with its outputs changed as planned. A tensor that stands in the place of an output takes its name, the elements of a
 * sequence take `<name>_0`, `<name>_1` and so on. `model` is what `readModel(bytes)` returned.
 */
export function carryOutputs(bytes: Uint8Array, model: OnnxModel, changes: readonly OutputChange[]): CarriedModel {
  const replaced = changes.filter((change): change is Replaced => change.kind === 'replaced');
  const gone = new Set(changes.filter(({ kind }) => kind === 'replaced' || kind === 'dropped').map(({ output }) => output));
  const dropped = droppable(model, gone, replaced.flatMap(({ nodes }) => nodes));
  const writer = new OutputWriter(model, dropped);
  const changed = new Set(changes.filter(({ kind }) => kind !== 'added').map(({ output }) => output));
  const declared = new Set(model.outputs.map(({ name }) => name).filter((name) => !changed.has(name)));
  const plans = changes.map((change) => {
    const all = declarationsOf(change, writer);
    return { change, names: all.map(({ name }) => name), declarations: withoutRepetition(all, declared) };
  });
  const added = plans.filter(({ change }) => change.kind === 'added').flatMap(({ declarations }) => declarations);
  const rewritten = rewriteModel(bytes, {
    dropNode: (node) => node.outputs.length > 0 && node.outputs.every((name) => dropped.has(name)),
    renamed: writer.renamed,
    output: (name) => plans.find(({ change }) => change.output === name && change.kind !== 'added')?.declarations ?? 'keep',
    nodes: writer.nodes,
    outputs: added,
  });
  return { bytes: rewritten, served: plans.map(({ change, names }) => ({ change, names })) };
}
