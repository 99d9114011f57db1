/** Runs the shuffles that its parent asks for, one after the other, and sends back what came out. */
import { answerOrders } from '../run/answer-orders.js';
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

answerOrders(take);
