import type { Database } from '../../ledger/sqlite/database.js';
import { storableText } from '../../ledger/text.js';
import type { Job, JobProgress, NewJob, QueueDepth, RetrainResult } from '../queue.js';
import { JOB_COLUMNS, jobOfRow } from './job-row.js';
import type { JobRow } from './job-row.js';

/** How a job ended, as it is stored. */
export interface JobEnd {
  readonly state: 'completed' | 'failed' | 'cancelled';
  readonly result: RetrainResult | null;
  readonly error: string | null;
  /** The last progress that the handler reported. */
  readonly progress: JobProgress | null;
}

/** An active job that no process runs; it may be begun from this time on. */
export interface Orphan {
  readonly id: string;
  readonly notBefore: number;
}

/**
 * The table `jobs`, one statement or transaction per method; it runs in the thread that owns the database. Every move
 * between states is one conditional UPDATE, so a method that lost a race returns null and changes nothing.
 */
export function createJobTable(db: Database) {
  const sql = statements(db);
  const one = (row: JobRow | undefined): Job | null => (row === undefined ? null : jobOfRow(row));
  return {
    /** The waiting job of this type, model and version, or a new one. */
    enqueue(id: string, job: NewJob, now: number): Job {
      sql.insert.run(id, job.type, job.model, job.version, job.trigger, job.requestId, job.traceParent, now);
      const waiting = one(sql.waitingTwin.get(job.type, job.model, job.version));
      if (waiting === null) throw new Error(`job ${id} was not stored`);
      return waiting;
    },
    /** Any text may be asked for. */
    get(id: string): Job | null {
      return one(sql.get.get(storableText(id)));
    },
    list(model: string | null, limit: number): readonly Job[] {
      return sql.list.all(model, model, limit).map(jobOfRow);
    },
    /** The oldest waiting job that may run now, and whose model has no active one, becomes active. */
    claim(now: number): Job | null {
      return one(sql.claim.get(now, now));
    },
    /** When the next waiting job may run that may not yet; null without. */
    nextAttempt(now: number): number | null {
      return sql.nextAttempt.get(now)?.[0] ?? null;
    },
    /**
     * For a process that begins to run jobs: fails the active jobs that have used up their attempts and returns the other
     * active ones, oldest first.
     */
    recover(maxAttempts: number, error: string, now: number): readonly Orphan[] {
      sql.failExhausted.run(error, now, maxAttempts);
      return sql.active.all().map(([id, notBefore]) => ({ id, notBefore }));
    },
    /** Counts one more attempt of an active job; null when it is not active any more. */
    restart(id: string, now: number): Job | null {
      return one(sql.restart.get(now, id));
    },
    /** Attempts of a job that were begun. */
    attempts(id: string): number {
      return sql.attempts.get(id)?.[0] ?? 0;
    },
    /**
     * An active job failed and is to be tried again from a time on: it waits. When another one waits already, it stays active (one may
     * wait at most), and the caller has to `restart` it; true then.
     */
    retry(id: string, error: string, notBefore: number): boolean {
      return db.transaction(() => {
        sql.failedForNow.run(error, notBefore, id);
        return sql.toWaiting.run(id).changes === 0;
      });
    },
    /** Ends an active job. */
    finish(id: string, end: JobEnd, now: number): Job | null {
      return one(sql.finish.get(end.state, json(end.result), end.error, json(end.progress), now, id));
    },
    cancelWaiting(id: string, now: number): Job | null {
      return one(sql.cancelWaiting.get(now, storableText(id)));
    },
    /**
     * Puts an active job back to waiting and gives the attempt back. When another one waits already, it stays active (one
     * may wait at most) and is found by `recover`.
     */
    release(id: string): void {
      sql.giveBackAttempt.run(id);
      sql.toWaiting.run(id);
    },
    depth(): QueueDepth {
      const [waiting, active, oldestWaiting] = sql.depth.get() ?? [null, null, null];
      return { waiting: waiting ?? 0, active: active ?? 0, oldestWaiting };
    },
    prune(endedBefore: number): number {
      return sql.prune.run(endedBefore).changes;
    },
  };
}

export type JobTable = ReturnType<typeof createJobTable>;

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

function statements(db: Database) {
  const prepare = (text: string) => db.prepare<JobRow>(text);
  return {
    // The unique index on waiting jobs makes a second one a no-op.
    insert: prepare(`INSERT OR IGNORE INTO jobs (id, type, model, version, state, trigger, request_id, trace_parent, attempts, created_at)
      VALUES (?, ?, ?, ?, 'waiting', ?, ?, ?, 0, ?)`),
    waitingTwin: prepare(`SELECT ${JOB_COLUMNS} FROM jobs WHERE state = 'waiting' AND type = ? AND model = ? AND version = ?`),
    get: prepare(`SELECT ${JOB_COLUMNS} FROM jobs WHERE id = ?`),
    list: prepare(`SELECT ${JOB_COLUMNS} FROM jobs WHERE ? IS NULL OR model = ?
      ORDER BY state NOT IN ('waiting', 'active'), created_at DESC, id DESC LIMIT ?`),
    claim: prepare(`UPDATE jobs SET state = 'active', attempts = attempts + 1, started_at = ? WHERE id = (
      SELECT w.id FROM jobs w WHERE w.state = 'waiting' AND w.not_before <= ? AND NOT EXISTS
        (SELECT 1 FROM jobs a WHERE a.state = 'active' AND a.model = w.model)
      ORDER BY w.created_at, w.id LIMIT 1) RETURNING ${JOB_COLUMNS}`),
    failExhausted: prepare(`UPDATE jobs SET state = 'failed', error = ?, ended_at = ? WHERE state = 'active' AND attempts >= ?`),
    nextAttempt: db.prepare<[number | null]>(`SELECT MIN(not_before) AS next FROM jobs WHERE state = 'waiting' AND not_before > ?`),
    attempts: db.prepare<[number]>(`SELECT attempts FROM jobs WHERE id = ?`),
    failedForNow: prepare(`UPDATE jobs SET error = ?, not_before = ? WHERE id = ? AND state = 'active'`),
    active: db.prepare<[string, number]>(`SELECT id, not_before FROM jobs WHERE state = 'active' ORDER BY created_at, id`),
    restart: prepare(`UPDATE jobs SET attempts = attempts + 1, started_at = ? WHERE id = ? AND state = 'active' RETURNING ${JOB_COLUMNS}`),
    finish: prepare(`UPDATE jobs SET state = ?, result = ?, error = ?, progress = ?, ended_at = ? WHERE id = ? AND state = 'active'
      RETURNING ${JOB_COLUMNS}`),
    cancelWaiting: prepare(`UPDATE jobs SET state = 'cancelled', error = NULL, ended_at = ? WHERE id = ? AND state = 'waiting' RETURNING ${JOB_COLUMNS}`),
    giveBackAttempt: prepare(`UPDATE jobs SET attempts = attempts - 1 WHERE id = ? AND state = 'active'`),
    toWaiting: prepare(`UPDATE OR IGNORE jobs SET state = 'waiting', started_at = NULL WHERE id = ? AND state = 'active'`),
    depth: db.prepare<[number | null, number | null, number | null]>(`SELECT SUM(state = 'waiting') AS waiting, SUM(state = 'active') AS active,
      MIN(CASE WHEN state = 'waiting' THEN created_at END) AS oldest FROM jobs WHERE state IN ('waiting', 'active')`),
    prune: prepare(`DELETE FROM jobs WHERE ended_at IS NOT NULL AND ended_at < ?`),
  };
}
