/** Runs the units that its parent sends, one after the other, and sends back what came out. */
import { answerOrders } from '../run/answer-orders.js';
import { runOutcomeUnit } from './run-outcome-unit.js';
import type { OutcomeUnit } from './units.js';

export interface OutcomeOrder {
  readonly unit: OutcomeUnit;
  readonly sizes: readonly number[];
}

answerOrders(({ unit, sizes }: OutcomeOrder) => runOutcomeUnit(unit, sizes));
