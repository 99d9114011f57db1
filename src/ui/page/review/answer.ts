import { post } from '../api.js';
import type { Prediction } from '../types.js';

/** What a person says of a prediction. */
export type Answer = { readonly label: string } | { readonly value: number } | { readonly correct: boolean };

interface Reply {
  readonly results: readonly { readonly status: string; readonly reason?: string }[];
}

/** Sends a ground truth; resolves when it is durable. Throws with the reason where the service does not take it. */
export async function give({ prediction_id: id, row }: Prediction, answer: Answer): Promise<void> {
  const { results } = await post<Reply>('v1/ground-truth', { items: [{ prediction_id: id, row, ...answer, source: 'ui' }] });
  const [result] = results;
  if (result === undefined || result.status === 'invalid') throw new Error(`The ground truth was not taken: ${result?.reason ?? 'no answer'}.`);
}

export function answerWords(answer: Answer): string {
  if ('label' in answer) return answer.label;
  if ('value' in answer) return String(answer.value);
  return answer.correct ? 'correct' : 'wrong';
}
