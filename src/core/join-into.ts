type Numbers = Int32Array | Float32Array | Float64Array | Uint8Array | Uint16Array;

/** Writes the parts one after the other into an array that has room for them, and returns it. */
export function joinInto<A extends Numbers>(target: A, parts: readonly A[]): A {
  let at = 0;
  for (const part of parts) {
    target.set(part, at);
    at += part.length;
  }
  return target;
}
