/** Runs the shuffles that its parent asks for, one after the other, and sends back what came out. */
import { readOwnData } from './own-data.js';
import type { OwnData } from './own-data.js';
import { runOwnUnit } from './run-own-unit.js';
import type { OwnOrder, OwnResult } from './units.js';

/** All orders are of one folder, whose rows are run through the model once. */
let data: Promise<OwnData> | null = null;

async function take({ folder, unit, sizes }: OwnOrder): Promise<OwnResult> {
  data ??= readOwnData(folder);
  return runOwnUnit(await data, unit, sizes);
}

process.on('message', (order: OwnOrder) => {
  take(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
