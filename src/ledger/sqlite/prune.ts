import type { Retention } from '../ledger.js';
import type { Database } from './database.js';
import type { Keys } from './keys.js';

/** `prune` of the ledger in small steps, so that no transaction runs long. Freed pages are used again by later rows. */
export function createPruner(db: Database, keys: Keys) {
  const countBefore = db.prepare<[number]>('SELECT count(*) FROM prediction WHERE model_id = ? AND created_at < ?');
  const countAll = db.prepare<[number]>('SELECT count(*) FROM prediction WHERE model_id = ?');
  const oldest = db.prepare<[number]>('SELECT seq FROM prediction WHERE model_id = ? ORDER BY created_at, id, row LIMIT ?');
  const oldInputs = db.prepare<[number]>('SELECT seq FROM inputs WHERE model_id = ? AND created_at < ? LIMIT ?');
  const remove = (table: string) => db.prepare(`DELETE FROM ${table} WHERE seq IN (SELECT value FROM json_each(?))`);
  const removeInputs = remove('inputs');
  const removeRows = [removeInputs, remove('features'), remove('ground_truth'), remove('caller'), remove('prediction')];

  return {
    /** How many of the oldest rows the retention gives up: both of its limits keep the newest. */
    excess({ model, rowsBefore, maxRows }: Retention): number {
      const modelId = keys.modelId(model);
      if (modelId === null) return 0;
      return Math.max(countBefore.get(modelId, rowsBefore)?.[0] ?? 0, (countAll.get(modelId)?.[0] ?? 0) - maxRows);
    },
    /** Deletes at most `limit` of the oldest rows with all that belongs to them; returns how many. */
    rows(model: string, limit: number): number {
      return db.transaction(() => {
        const seqs = oldest.all(keys.modelId(model), limit).map(([seq]) => seq);
        for (const statement of removeRows) statement.run(JSON.stringify(seqs));
        return seqs.length;
      });
    },
    /** Deletes at most `limit` raw inputs of rows created before; returns how many. */
    inputs(model: string, before: number, limit: number): number {
      return db.transaction(() => {
        const seqs = oldInputs.all(keys.modelId(model), before, limit).map(([seq]) => seq);
        return removeInputs.run(JSON.stringify(seqs)).changes;
      });
    },
  };
}
