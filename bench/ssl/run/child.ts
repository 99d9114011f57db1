/** Runs the units that its parent sends, one after the other, and sends back what came out. */
import type { SslUnit } from './results.js';
import { runSslUnit } from './run-unit.js';

process.on('message', (unit: SslUnit) => {
  runSslUnit(unit).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
