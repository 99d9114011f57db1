/** Runs the units that its parent sends, one after the other, and sends back what came out. */
import { runOutcomeUnit } from './run-outcome-unit.js';
import type { OutcomeUnit } from './units.js';

export interface OutcomeOrder {
  readonly unit: OutcomeUnit;
  readonly sizes: readonly number[];
}

process.on('message', ({ unit, sizes }: OutcomeOrder) => {
  runOutcomeUnit(unit, sizes).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
