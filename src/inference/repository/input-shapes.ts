import type { TensorInfo } from '../../engine/tensor.js';
import type { ValueInfo } from '../../engine/onnx/value-info.js';

/** Size of a dimension that is known only at run time, by the name of its variable. */
export type Sizes = (variable: string) => number;

/** A dimension: its size, or the variables whose sizes add up to it, as exporters write `past_length + 1`. */
type Axis = number | { readonly variables: readonly string[]; readonly more: number };

const TERM = /^[A-Za-z_][\w.]*$/;
/** Names that say no more than that a size is not known. */
const NO_NAME = /^(none|null|unk|unknown|dynamic|dyn|any|\?|\*|-1|)$/i;

/** A text that is no plain sum of names and integers stands for a variable of its own. */
function parseDimension(text: string): Axis {
  const terms = text.split('+').map((term) => term.trim());
  const numbers = terms.filter((term) => /^\d+$/.test(term));
  const names = terms.filter((term) => TERM.test(term));
  if (names.length === 0 || names.length + numbers.length !== terms.length) return { variables: [text], more: 0 };
  return { variables: names, more: numbers.reduce((sum, term) => sum + Number(term), 0) };
}

/** Marks the variable of an unnamed dimension: name of the input, mark, axis. */
const UNNAMED = '\0#';

export function isUnnamed(variable: string): boolean {
  return variable.includes(UNNAMED);
}

function axesOf(info: TensorInfo, declared: ValueInfo | undefined): readonly Axis[] {
  return info.dims.map((dim, axis) => {
    if (dim !== null) return dim;
    const symbol = declared?.dims?.[axis];
    // An unnamed dimension is a variable of its own.
    if (typeof symbol !== 'string' || NO_NAME.test(symbol)) return { variables: [`${info.name}${UNNAMED}${axis}`], more: 0 };
    return axis === 0 ? { variables: [symbol], more: 0 } : parseDimension(symbol);
  });
}

/** Variables of some axes of some inputs, without repetition. */
function variablesOf(axes: readonly (readonly Axis[])[]): ReadonlySet<string> {
  return new Set(axes.flat().flatMap((axis) => (typeof axis === 'number' ? [] : axis.variables)));
}

/**
 * The shapes that the inputs of a model can take. Dimensions of one name have one size (exporters name the batch, the length
 * of a sequence and so on); unnamed ones are free of each other.
 */
export class InputShapes {
  readonly inputs: readonly TensorInfo[];
  /** Variables of dimension 0 of the inputs. */
  readonly rowVariables: ReadonlySet<string>;
  /** All others. */
  readonly innerVariables: ReadonlySet<string>;
  /** Whether a variable of dimension 0 is the size of a later dimension too. */
  readonly rowsElsewhere: boolean;
  readonly #axes: ReadonlyMap<string, readonly Axis[]>;

  /** `declared` are the graph's own declarations, which have the names of the dimensions. */
  constructor(inputs: readonly TensorInfo[], declared: readonly ValueInfo[]) {
    const byName = new Map(declared.map((value) => [value.name, value]));
    this.inputs = inputs;
    this.#axes = new Map(inputs.map((info) => [info.name, axesOf(info, byName.get(info.name))]));
    const axes = [...this.#axes.values()];
    const inner = variablesOf(axes.map((each) => each.slice(1)));
    this.rowVariables = variablesOf(axes.map((each) => each.slice(0, 1)));
    this.innerVariables = new Set([...inner].filter((variable) => !this.rowVariables.has(variable)));
    this.rowsElsewhere = [...this.rowVariables].some((variable) => inner.has(variable));
  }

  /** How many different variables there are. */
  get variables(): number {
    return this.rowVariables.size + this.innerVariables.size;
  }

  /** The variable of one dimension; null where it is fixed or a sum. */
  variableAt(input: string, axis: number): string | null {
    const found = this.#axes.get(input)?.[axis];
    if (found === undefined || typeof found === 'number' || found.variables.length !== 1 || found.more !== 0) return null;
    return found.variables[0] ?? null;
  }

  /** The dimensions of an input for some sizes of the variables. */
  dims({ name }: TensorInfo, sizes: Sizes): readonly number[] {
    return (this.#axes.get(name) ?? []).map((axis) => (typeof axis === 'number' ? axis : axis.variables.reduce((sum, each) => sum + sizes(each), axis.more)));
  }
}
