/** Runs the units that its parent sends, one after the other, and sends back what came out. */
import { answerOrders } from '../../quality/run/answer-orders.js';
import { runSslUnit } from './run-unit.js';

answerOrders(runSslUnit);
