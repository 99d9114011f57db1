import { answerOrders } from '../quality/run/answer-orders.js';
import type { TaskOrder } from './task-order.js';
import { writeSignals } from './task-signals.js';
import { writeStack } from './task-stack.js';

const WRITERS = { signals: writeSignals, stack: writeStack } as const;

answerOrders(async (order: TaskOrder) => {
  await WRITERS[order.stage](order);
  return null;
});
