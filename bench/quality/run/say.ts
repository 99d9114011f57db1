/** A line on standard error. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
