import type { MetaModelSwapper } from '../../src/inference/contracts.js';
import type { ModelKey } from '../../src/ledger/ledger.js';

export interface RecordingSwapper extends MetaModelSwapper {
  /** Version and bytes of each swap, oldest first. */
  readonly swaps: { readonly version: number; readonly onnx: string | null; readonly labelFree: boolean }[];
  /** Versions whose graph cannot be loaded. */
  readonly broken: Set<number>;
  /** Called before each swap; what it returns is waited for. */
  before: (version: number) => Promise<void>;
}

/** Keeps what it was asked to serve. */
export function recordingSwapper(): RecordingSwapper {
  const swapper: RecordingSwapper = {
    swaps: [],
    broken: new Set(),
    before: () => Promise.resolve(),
    async swap(_key: ModelKey, version: number, onnx: Uint8Array | null, labelFree = false) {
      await swapper.before(version);
      if (swapper.broken.has(version)) throw new Error('the graph cannot be loaded');
      swapper.swaps.push({ version, onnx: onnx === null ? null : String.fromCharCode(...onnx), labelFree });
    },
  };
  return swapper;
}
