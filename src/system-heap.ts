import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow by half of what lives in it before garbage is collected. V8's own limit follows the memory of the machine and is up
 * to four times what lives, so that a busy server would hold more garbage than data. Holds for every thread of the process.
 */
export function limitGarbage(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
