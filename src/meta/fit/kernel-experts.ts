import { fitNearest, type LinearExpertData } from '../experts/linear-experts.js';
import type { KernelOpinion } from '../kernel/kernel-score.js';
import type { RidgeHooks } from '../kernel/ridge.js';
import type { Division } from '../linear/folds.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import { fitKernel, type KernelContext, type KernelData, type KernelForm } from './fit-kernel.js';

/** The form of the consensus, with labels and without. */
export const CONSENSUS = { kind: 'inputs', sharpness: 8 } as const satisfies KernelForm;

/**
 * The kernel experts, where each measures its distances, and whether it learns from predictions without a ground truth too. Sharpness: gamma
 * by the inverse of the median squared distance, chosen on the quality benchmark's development seeds.
 */
const KERNELS = [
  { name: 'kernel', kind: 'inputs', sharpness: 4, unlabelled: false },
  { name: 'joint', kind: 'joint', sharpness: 6, unlabelled: false },
  { name: 'consensus', ...CONSENSUS, unlabelled: true },
] as const satisfies readonly (KernelForm & { readonly name: string; readonly unlabelled: boolean })[];
export type KernelName = (typeof KERNELS)[number]['name'];

/** A kernel opinion, re-scaled beside the anchor to a failure logit. */
export interface KernelExpert {
  readonly name: KernelName;
  readonly opinion: KernelOpinion;
  readonly linear: CrossFit;
  readonly penalty: number;
}

/**
 * Fits the kernel experts one after the other; `context` are predictions without a ground truth: without them there is no `consensus`.
 * `hooks` gives those of each.
 */
export async function fitKernelExperts(
  data: KernelData, context: KernelContext | null, linear: LinearExpertData, divisions: readonly Division[], hooks: (name: KernelName) => RidgeHooks,
): Promise<readonly KernelExpert[]> {
  const experts: KernelExpert[] = [];
  for (const { name, unlabelled, ...form } of KERNELS) {
    if (unlabelled && context === null) continue;
    const { opinion, scores, penalty } = await fitKernel(form, data, unlabelled ? context : null, divisions[0]!, hooks(name));
    experts.push({ name, opinion, penalty, linear: fitNearest({ ...linear, score: { width: 1, data: scores }, scoreIsLogit: true }, divisions) });
  }
  return experts;
}
