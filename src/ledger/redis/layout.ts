import type { ModelKey } from '../ledger.js';

/**
 * How the ledger lies in Redis. All keys of a model begin with `<prefix>:{<tag>}:`, where `<tag>` is the six-character tag of its prediction
 * ids: the braces are Redis Cluster's hash tag, so every script touches one slot only. `<id>` below is a prediction id, `<m>`, `<k>` and
 * `<f>` are numbers (below) in decimal.
 *
 * Numbers. Models, model keys and feature schemas have small numbers per tag, given in order of appearance and never used again:
 *   `numbers`    HASH  `m:<model>` -> m; `k:<JSON [model, version, digest]>` -> k; `f:<digest>` -> f;
 *                      and back: `M:<m>` -> model; `K:<k>` -> `<m>:<JSON>`; `F:<f>` -> `<width>:<digest>`; `n` -> the last number given
 *   `sequence`   HASH  k -> label sequence (law 8)
 *
 * Replies.
 *   `p:<id>`     STRING  the reply as appended, never changed; format below
 *   `x:<m>`      ZSET    ids of the model's replies by createdAt
 *   `cut`        HASH    id -> rows at its front that `prune` has taken (pruning goes in order, so few replies are ever cut)
 *   `i:<id>`     HASH    row -> raw inputs, JSON text; absent without
 *   `xi:<m>`     ZSET    ids of replies with raw inputs by createdAt
 *
 * Ground truths.
 *   `t:<id>`     HASH    `<row>` -> state of a labelled row; `<row>:<n>` (n = 1, 2, ...) -> its n-th ground truth; formats below
 *   `l:<k>`      ZSET    labelled rows of a key by createdAt; member: id, NUL, row as 4 bytes big-endian (so equal times sort by id, row)
 *   `w:<id>`     LIST    ground truths of a prediction id or caller key that wait for it, oldest receipt last in first out order of RPUSH
 *   `wz`         ZSET    prediction ids and caller keys with waiting ground truths, by the smallest receivedAt among them
 *   `counters`   HASH    `pending` -> waiting ground truths; `expired` -> given up
 *   `c:<key>`    SET     what a caller's own id stands for; member: id, NUL, row in decimal or `w` for the whole reply
 *   `once:<n>`   STRING  reply of a `record` call by its nonce, for some minutes: a call that is sent twice takes effect once
 *
 * Format of `p:<id>` (little-endian). Header of 40 bytes:
 *   0 u8 format (1) | 1 u8 task | 2 u16 0 | 4 u32 rows | 8 u32 k | 12 u32 f | 16 u32 width | 20 u32 offset of the callers |
 *   24 u32 offset of the vectors | 28 u32 0 | 32 f64 createdAt
 * then per row 64 bytes:
 *   0 f64 value | 8 f64 tolerance | 16 f64 confidence | 24 f64 coldStart | 32 f64 failureProbability (each NaN for none) |
 *   40 i32 class | 44 i32 metaVersion | 48 u8 review | 49 u8 status | 50 u16 choice | 52 u8 audit | 53 u24 0 |
 *   56 u32 offset of the label in the value | 60 u32 length of the label in bytes, 0xffffffff for none
 * then the labels (UTF-8), then the callers (u32 count; each i32 row, -1 for the whole reply, u32 length, the caller key), then the
 * vectors (rows x width f32).
 *
 * Format of a waiting or joined ground truth (little-endian), also the one in the history:
 *   0 f64 observedAt | 8 f64 receivedAt | 16 i32 row, -1 for none given | 20 u8 kind | 21 u8 1 with a source | 22 u16 choice |
 *   24 u32 length of the value | 28 value | source
 * Format of a row's state: 0 f64 observedAt | 8 u32 n of the one that counts | 12 u32 records | 16 u32 distinct values | 20 u8 kind |
 *   21 u8 failure | 22 u16 choice of the one that counts | 24 value
 *
 * A choice is a probability as `choiceCode` (choice.ts) writes it, 0 for none, as releases before it wrote everywhere.
 * Tasks, kinds and statuses stand as their index in TASKS, KINDS (codes.ts) and STATUSES: the orders never change.
 */
export const FORMAT = 1;
export const HEADER_BYTES = 40;
export const ROW_BYTES = 64;
export const NO_LABEL = 0xffffffff;

/** Where the keys of a model begin; `tag` is the six-character tag of its prediction ids. */
export function keyBase(prefix: string, tag: string): string {
  return `${prefix}:{${tag}}:`;
}

/** A model key as `numbers` has it. */
export function modelKeyText({ model, version, digest }: ModelKey): string {
  return JSON.stringify([model, version, digest]);
}

/** Reads what `modelKeyText` wrote. */
export function modelKeyOf(text: string): ModelKey {
  const [model, version, digest] = JSON.parse(text) as [string, number, string];
  return { model, version, digest };
}
