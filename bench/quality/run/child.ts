/** Runs the units that its parent sends, one after the other, and sends back what came out. */
import { answerOrders } from './answer-orders.js';
import type { UnitOptions } from '../grid/run-unit.js';
import { runUnit } from '../grid/run-unit.js';
import type { Unit } from '../grid/units.js';

export interface UnitOrder {
  readonly unit: Unit;
  readonly options: UnitOptions;
}

answerOrders(({ unit, options }: UnitOrder) => runUnit(unit, options));
