import { fitNearest, type LinearExpertData } from '../experts/linear-experts.js';
import type { KernelKind } from '../kernel/kernel-points.js';
import type { KernelOpinion } from '../kernel/kernel-score.js';
import type { RidgeHooks } from '../kernel/ridge.js';
import type { Division } from '../linear/folds.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import { fitKernel, type KernelData } from './fit-kernel.js';

/** The kernel experts and where each measures its distances. */
const KERNELS = [{ name: 'kernel', kind: 'inputs' }, { name: 'joint', kind: 'joint' }] as const satisfies readonly { name: string; kind: KernelKind }[];
export type KernelName = (typeof KERNELS)[number]['name'];

/** A kernel opinion, re-scaled beside the anchor to a failure logit. */
export interface KernelExpert {
  readonly name: KernelName;
  readonly opinion: KernelOpinion;
  readonly linear: CrossFit;
  readonly penalty: number;
}

/** Fits the kernel experts one after the other. `hooks` gives those of each. */
export async function fitKernelExperts(
  data: KernelData, linear: LinearExpertData, divisions: readonly Division[], hooks: (name: KernelName) => RidgeHooks,
): Promise<readonly KernelExpert[]> {
  const experts: KernelExpert[] = [];
  for (const { name, kind } of KERNELS) {
    const { opinion, scores, penalty } = await fitKernel(kind, data, divisions[0]!, hooks(name));
    experts.push({ name, opinion, penalty, linear: fitNearest({ ...linear, score: { width: 1, data: scores }, scoreIsLogit: true }, divisions) });
  }
  return experts;
}
