/** Runs the units that its parent sends, one after the other, and sends back what came out. */
import type { UnitOptions } from '../grid/run-unit.js';
import { runUnit } from '../grid/run-unit.js';
import type { Unit } from '../grid/units.js';

export interface UnitOrder {
  readonly unit: Unit;
  readonly options: UnitOptions;
}

process.on('message', (order: UnitOrder) => {
  runUnit(order.unit, order.options).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
