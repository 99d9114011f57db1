import type { LoadedModel } from '../inference/contracts.js';

/** How a look at one model ended; `unreachable`: so would that at any other. */
export type LookOutcome = 'done' | 'failed' | 'unreachable';

/** Looks at one model after the other, none further once the store is away; resolves with whether all went well. */
export async function lookAtEach(models: readonly LoadedModel[], look: (model: LoadedModel) => Promise<LookOutcome>): Promise<boolean> {
  let well = true;
  for (const model of models) {
    const outcome = await look(model);
    well &&= outcome === 'done';
    if (outcome === 'unreachable') break;
  }
  return well;
}
