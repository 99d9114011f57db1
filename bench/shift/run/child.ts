/** Runs the units that its parent sends, one after the other, and sends back what came out. */
import { runShiftUnit } from './run-unit.js';
import type { ShiftUnit } from './units.js';

process.on('message', (unit: ShiftUnit) => {
  runShiftUnit(unit).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
