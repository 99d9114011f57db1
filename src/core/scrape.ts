/** What is brought up to date when metrics are read, once for all the metrics of one reading. */
export interface Scrape {
  add(update: () => Promise<void>): void;
  run(): Promise<void>;
}

/** Readings at the same time share one run. */
export function createScrape(): Scrape {
  const updates: (() => Promise<void>)[] = [];
  let running: Promise<void> | null = null;
  return {
    add: (update) => void updates.push(update),
    run() {
      running ??= Promise.all(updates.map((update) => update())).then(() => undefined).finally(() => {
        running = null;
      });
      return running;
    },
  };
}
