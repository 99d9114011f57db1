import { CronExpressionParser, type CronExpression } from 'cron-parser';
import { messageOf } from './errors.js';

const FIELDS = 5;
/** `H` stands for a number that the parser chooses by lot: two processes would choose differently. */
const LOT = /\bH\b/i;

/** What is wrong with a cron expression; null when it has five fields (minute, hour, day of the month, month, day of the week) and a next time. */
export function cronFault(expression: string): string | null {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== FIELDS) return `it has ${fields.length} field(s)`;
  if (LOT.test(expression)) return 'H is not known';
  try {
    nextCronTime(expression, 0);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** The first time of a cron expression, read in UTC, that is later than `after`. Both in milliseconds since 1970. Throws for a malformed expression. */
export function nextCronTime(expression: string, after: number): number {
  return parse(expression, after).next().getTime();
}

function parse(expression: string, after: number): CronExpression {
  return CronExpressionParser.parse(expression, { tz: 'UTC', currentDate: new Date(after) });
}
