/** Runs the shuffles that its parent asks for, one after the other, and sends back what came out. */
import { answerOrders } from '../run/answer-orders.js';
import { readOwnData } from './own-data.js';
import type { OwnData } from './own-data.js';
import { runOwnUnit } from './run-own-unit.js';
import type { OwnOrder, OwnResult } from './units.js';

/** All orders are of the same data. */
let own: OwnData | null = null;

async function take({ data, unit, sizes }: OwnOrder): Promise<OwnResult> {
  own ??= readOwnData(data);
  return runOwnUnit(own, unit, sizes);
}

answerOrders(take);
