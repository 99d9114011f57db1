/** Something that is asked for again and again while its view is open. */
export interface Poll {
  /** Asks now. */
  now(): void;
  stop(): void;
}

/**
 * Calls `ask` at once and then `every` milliseconds (asked anew where it is a function) after each end, not while the tab is hidden, and at once when it is seen again.
 * `ask` gets a signal that is aborted when the poll stops.
 */
export function poll(every: number | (() => number), ask: (signal: AbortSignal) => Promise<void>): Poll {
  const stopped = new AbortController();
  let timer = 0;
  let asking = false;
  let again = false;

  const turn = async (): Promise<void> => {
    if (stopped.signal.aborted) return;
    if (asking) {
      again = true;
      return;
    }
    clearTimeout(timer);
    asking = true;
    await ask(stopped.signal).catch(() => undefined);
    asking = false;
    if (again) {
      again = false;
      void turn();
    } else if (!document.hidden) timer = window.setTimeout(() => void turn(), typeof every === 'number' ? every : every());
  };
  const seen = (): void => {
    if (document.hidden) clearTimeout(timer);
    else void turn();
  };
  document.addEventListener('visibilitychange', seen, { signal: stopped.signal });
  void turn();
  return {
    now: () => void turn(),
    stop() {
      stopped.abort();
      clearTimeout(timer);
    },
  };
}
