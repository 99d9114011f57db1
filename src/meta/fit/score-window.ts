import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDirectSession } from '../../engine/direct-session.js';
import { META_GRAPH } from '../features/layout.js';
import type { TrainingWindow } from '../training/window.js';

const CHUNK = 256;

/** Failure probabilities of a meta-model's graph for every row of a window. Rejects when the graph reads another width. */
export async function scoreWindow(onnx: Uint8Array, window: TrainingWindow, signal?: AbortSignal): Promise<Float64Array> {
  const session = await createDirectSession({ bytes: onnx }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  const scores = new Float64Array(window.rows);
  try {
    for (let start = 0; start < window.rows; start += CHUNK) {
      await nextTurn();
      signal?.throwIfAborted();
      const end = Math.min(window.rows, start + CHUNK);
      const data = window.features.subarray(start * window.width, end * window.width);
      const tensors = await session.run({ [META_GRAPH.input]: { type: 'float32', dims: [end - start, window.width], data } });
      const reply = tensors[META_GRAPH.output];
      if (reply?.type !== 'float32') throw new Error(`the meta-model has no float32 output ${META_GRAPH.output}`);
      scores.set(reply.data, start);
    }
  } finally {
    await session.release();
  }
  return scores;
}
