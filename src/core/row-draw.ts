import { mix32 } from './mix-bits.js';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a, 32 bits (Fowler, Noll and Vo), over the UTF-16 code units of a text: those of ASCII are its bytes. */
export function textHash(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash;
}

/** A number that is uniform in [0, 1) over hashes and rows, and always the same for the same ones. */
export function rowDraw(hash: number, row: number): number {
  return (mix32(Math.imul(hash ^ (row + 1), 0x9e3779b1)) >>> 0) / 0x1_0000_0000;
}
