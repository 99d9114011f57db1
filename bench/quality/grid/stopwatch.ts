/** Processor time of this process by part, in seconds. */
export class Stopwatch {
  readonly #seconds = new Map<string, number>();

  async time<T>(part: string, work: () => Promise<T>): Promise<T> {
    const start = process.cpuUsage();
    try {
      return await work();
    } finally {
      const { user, system } = process.cpuUsage(start);
      this.#seconds.set(part, (this.#seconds.get(part) ?? 0) + (user + system) / 1e6);
    }
  }

  get seconds(): Record<string, number> {
    return Object.fromEntries(Array.from(this.#seconds, ([part, value]) => [part, Number(value.toFixed(2))]));
  }
}
