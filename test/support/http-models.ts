import { createGraphBuilder, type GraphBuilder, type Value } from '../../src/engine/onnx/graph-builder.js';
import { createDirectSession } from '../../src/engine/direct-session.js';
import { createRandom } from '../../src/meta/training/random.js';
import { slowMean } from './engine-models.js';

/** Weights of a linear classifier, width x classes. */
export function linearWeights(width: number, classes: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: width * classes }, () => 2 * random.normal());
}

function softmaxOf(graph: GraphBuilder, x: Value, width: number, classes: number, seed: number): Value {
  const weights = graph.constant({ type: 'float32', dims: [width, classes], data: linearWeights(width, classes, seed) });
  return graph.node('Softmax', [graph.node('MatMul', [x, weights])], { axis: 1 });
}

/** X float32 [batch, width] -> probabilities float32 [batch, classes]. */
export function linearClassifier(width = 4, classes = 3, seed = 1): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('X', 'float32', ['batch', width]);
  graph.output('probabilities', softmaxOf(graph, x, width, classes, seed), 'float32', ['batch', classes]);
  return graph.toModel();
}

/** Fails in the engine for an index of 3 or more: index int64 [batch] -> probabilities [batch, 3]. */
export function fussyClassifier(): Uint8Array {
  const graph = createGraphBuilder();
  const index = graph.input('index', 'int64', ['batch']);
  const table = graph.constant({ type: 'float32', dims: [3, 3], data: Float32Array.of(0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8) });
  graph.output('probabilities', graph.node('Gather', [table, index], { axis: 0 }), 'float32', ['batch', 3]);
  return graph.toModel();
}

/** A linear classifier that also multiplies matrices `rounds` times, in one operator's loop. */
export function slowClassifier(rounds: number): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('X', 'float32', ['batch', 4]);
  const nothing = graph.node('Mul', [slowMean(graph, graph.scalar('int64', rounds)), graph.scalar('float32', 0)]);
  graph.output('probabilities', graph.node('Add', [softmaxOf(graph, x, 4, 3, 1), nothing]), 'float32', ['batch', 3]);
  return graph.toModel();
}

/** Rounds that make `slowClassifier` take at least about so long here and now. */
export async function roundsFor(milliseconds: number): Promise<number> {
  const rounds = 50;
  const session = await createDirectSession({ bytes: slowClassifier(rounds) }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  // The quickest of several: on a busy machine the others tell of the other work.
  const durations: number[] = [];
  for (let run = 0; run < 5; run++) {
    const started = performance.now();
    await session.run({ X: { type: 'float32', dims: [1, 4], data: new Float32Array(4) } });
    durations.push(performance.now() - started);
  }
  await session.release();
  return Math.ceil((milliseconds * rounds) / Math.min(...durations));
}

/** S string [batch] -> echo string [batch]. */
export function stringEcho(): Uint8Array {
  const graph = createGraphBuilder();
  const s = graph.input('S', 'string', ['batch']);
  graph.output('echo', graph.node('Identity', [s]), 'string', ['batch']);
  return graph.toModel();
}
