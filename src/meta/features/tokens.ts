import { ELEMENT_TYPE_NUMBERS } from '../../engine/onnx/elements.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { addRootMeanSquare } from './statistics.js';
import { LENGTH_SCALE } from './text-hash.js';

/** The logarithm of the number of tokens. */
export const TOKEN_LENGTHS = 1;
/** id x FIRST mod PRIME spreads ids over [0, PRIME) (Carter and Wegman 1979); the product of any id of 31 bits fits 64. */
const [FIRST, SECOND, PRIME] = [1_103_515_245, 12_345, 2_147_483_647] as const;
const TINY = 1e-6;

/**
 * Ids of tokens as numbers: each row's bag of tokens by the hashing trick (Weinberger et al., ICML 2009) into `width` - 1 signed buckets, of which the
 * roots are taken, so that tokens that are in every text do not drown the others, with mean square 1; and the logarithm of their number.
 * `ids`: int64 [N, L]; `mask`: float32 [N, L], what each counts, or null where all do. Gives float32 [N, width].
 */
export function addTokens(graph: GraphBuilder, ids: Value, mask: Value | null, width: number): Value {
  const buckets = width - TOKEN_LENGTHS;
  const integer = (value: number): Value => graph.scalar('int64', value);
  const hash = graph.node('Mod', [graph.node('Add', [graph.node('Mul', [ids, integer(FIRST)]), integer(SECOND)]), integer(PRIME)]);
  const bucket = graph.node('Mod', [hash, integer(buckets)]);
  const parity = graph.node('Mod', [graph.node('Div', [hash, integer(buckets)]), integer(2)]);
  const float = (value: Value): Value => graph.node('Cast', [value], { to: ELEMENT_TYPE_NUMBERS.float32 });
  const signs = graph.node('Sub', [graph.scalar('float32', 1), graph.node('Mul', [float(parity), graph.scalar('float32', 2)])]);
  const counts = mask ?? graph.node('Abs', [signs]);
  const rows = graph.node('Slice', [graph.node('Shape', [ids]), graph.ints([0]), graph.ints([1])]);
  const empty = graph.node('ConstantOfShape', [graph.node('Concat', [rows, graph.ints([buckets])], { axis: 0 })]);
  const sums = graph.node('ScatterElements', [empty, bucket, graph.node('Mul', [signs, counts])], { axis: 1, reduction: 'add' });
  const roots = graph.node('Mul', [graph.node('Sign', [sums]), graph.node('Sqrt', [graph.node('Abs', [sums])])]);
  const scaled = graph.node('Div', [roots, graph.node('Add', [addRootMeanSquare(graph, roots, [1]), graph.scalar('float32', TINY)])]);
  const length = graph.node('ReduceSum', [counts, graph.ints([1])], { keepdims: 1 });
  const logarithm = graph.node('Log', [graph.node('Add', [length, graph.scalar('float32', 1)])]);
  return graph.node('Concat', [scaled, graph.node('Mul', [logarithm, graph.scalar('float32', LENGTH_SCALE)])], { axis: 1 });
}
