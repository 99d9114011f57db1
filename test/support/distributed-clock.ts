/**
 * Loaded before a process's entry (`node --import`): its wall clock is ahead of this machine's by CLOCK_SHIFT_MILLISECONDS, in its threads and
 * child processes too. Timers and the monotonic clock go on as they are, as on a host whose clock is set wrong.
 */
const shift = Number(process.env['CLOCK_SHIFT_MILLISECONDS'] ?? 0);
const RealDate = Date;

class ShiftedDate extends RealDate {
  constructor(...parts: readonly unknown[]) {
    // Every form of the constructor but the empty one names a time, which stays as it is.
    if (parts.length === 0) super(RealDate.now() + shift);
    else super(...(parts as [number]));
  }

  static override now(): number {
    return RealDate.now() + shift;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
