const WIDTH = 28;

/** A progress bar on one line of a terminal; on a pipe or a file, a line for every tenth. */
export class Progress {
  readonly #label: string;
  readonly #interactive = process.stderr.isTTY;
  #lastTenth = -1;

  constructor(label: string) {
    this.#label = label.padEnd(26);
  }

  update(done: number, total: number, note = ''): void {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const text = `${this.#label} ${'█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░')} ${String(Math.round(share * 100)).padStart(3)} %  ${note}`;
    if (this.#interactive) {
      process.stderr.write(`\r\u001b[2K${text}`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth === this.#lastTenth) return;
    this.#lastTenth = tenth;
    process.stderr.write(`${text}\n`);
  }

  /** Ends the line, with a last note. */
  end(note = ''): void {
    if (this.#interactive) process.stderr.write(`\r\u001b[2K${this.#label} ${note}\n`);
    else if (note !== '') process.stderr.write(`${this.#label} ${note}\n`);
  }
}
