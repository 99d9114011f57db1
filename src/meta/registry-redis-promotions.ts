import { randomUUID } from 'node:crypto';
import type { ModelKey } from '../ledger/ledger.js';
import type { MetaModelRegistry } from './registry.js';

type Listener = Parameters<MetaModelRegistry['onPromotion']>[0];

interface Promotion {
  readonly key: ModelKey;
  readonly version: number;
  readonly nonce: string;
}

/** Own promotions that were heard of once and may be heard of again. */
const MAX_AWAITED = 1_000;

/**
 * Calls the listeners once per promotion. One that this registry made is heard of twice, by the answer to the call and by the message
 * that goes to everybody, in either order; while the channel is cut off it is heard of by the answer only.
 */
export class Promotions {
  readonly #origin = randomUUID();
  readonly #listeners: Listener[] = [];
  /** Nonces of own promotions that were heard of once, oldest first. */
  readonly #awaited = new Set<string>();
  #calls = 0;

  add(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Names a call of `promote`. */
  newNonce(): string {
    this.#calls += 1;
    return `${this.#origin}/${this.#calls}`;
  }

  heard({ key, version, nonce }: Promotion): void {
    if (this.#awaited.delete(nonce)) return;
    if (nonce.startsWith(this.#origin)) this.#await(nonce);
    for (const listener of this.#listeners) listener(key, version);
  }

  #await(nonce: string): void {
    this.#awaited.add(nonce);
    const [oldest] = this.#awaited;
    if (this.#awaited.size > MAX_AWAITED && oldest !== undefined) this.#awaited.delete(oldest);
  }
}

export function writeMessage({ key, version, nonce }: Promotion): string {
  return JSON.stringify({ model: key.model, base_version: key.version, digest: key.digest, version, nonce });
}

/** The promotion of a message; null when it is none. */
export function readMessage(text: string): Promotion | null {
  const { model, base_version, digest, version, nonce } = fieldsOf(text);
  const names = typeof model === 'string' && typeof digest === 'string' && typeof nonce === 'string';
  if (!names || !isVersion(base_version) || !isVersion(version)) return null;
  return { key: { model, version: base_version, digest }, version, nonce };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
