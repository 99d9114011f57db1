import type { Histogram } from 'prom-client';

const PERIOD_MILLISECONDS = 250;

/**
 * Observes by how many seconds a timer of the main thread comes late. It goes by the process's own time, whatever clock the system was
 * given, and does not keep the process alive. Returns what ends it.
 */
export function watchEventLoop(delay: Histogram): () => void {
  let due = performance.now() + PERIOD_MILLISECONDS;
  const timer = setInterval(() => {
    const now = performance.now();
    delay.observe(Math.max(0, now - due) / 1_000);
    due = now + PERIOD_MILLISECONDS;
  }, PERIOD_MILLISECONDS);
  timer.unref();
  return () => clearInterval(timer);
}
