import type { Reply } from './pool.js';

/** Makes this process a child of a pool: it answers each order by what `run` gives, or by its error, and ends with its parent. */
export function answerOrders<Order, Result>(run: (order: Order) => Promise<Result>): void {
  const answer = (reply: Reply<Result>): void => void process.send?.(reply);
  process.on('message', (order: Order) => {
    run(order).then(
      (result) => answer({ result }),
      (error: unknown) => answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}
