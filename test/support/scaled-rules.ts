import { parse, stringify } from 'yaml';

interface Group {
  interval?: string;
  rules: { expr: string; for?: string }[];
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A duration of Prometheus (`15m`, `1d`) divided by a factor. */
export function shortened(duration: string, factor: number): string {
  const [, number = '', unit = ''] = /^(\d+)(ms|s|m|h|d|w)$/.exec(duration) ?? [];
  const milliseconds = UNITS[unit];
  if (milliseconds === undefined) throw new Error(`no duration: ${duration}`);
  return `${Math.round((Number(number) * milliseconds) / factor)}ms`;
}

/**
 * The rules of a file with every duration divided by a factor: windows, offsets, `for` and the groups' intervals. Nothing else changes, so
 * with a factor of 60 what takes a quarter of an hour takes 15 seconds. Seconds that a rule compares with as plain numbers stay as they are.
 */
export function scaledRules(text: string, factor: number): string {
  const { groups } = parse(text) as { groups: Group[] };
  for (const group of groups) {
    if (group.interval !== undefined) group.interval = shortened(group.interval, factor);
    for (const rule of group.rules) {
      rule.expr = rule.expr
        .replaceAll(/\[(\w+)\]/g, (_all, duration: string) => `[${shortened(duration, factor)}]`)
        .replaceAll(/\boffset (\w+)/g, (_all, duration: string) => `offset ${shortened(duration, factor)}`);
      if (rule.for !== undefined) rule.for = shortened(rule.for, factor);
    }
  }
  return stringify({ groups });
}
