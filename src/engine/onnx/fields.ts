import protobuf from 'protobufjs/minimal.js';

const { Reader } = protobuf;
export type FieldReader = protobuf.Reader;

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** One field of a protobuf message as it stands in the bytes: nothing is copied or decoded. */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Where the tag begins. */
  readonly start: number;
  /** Where the value begins; of a length-delimited field, after its length. */
  readonly valueStart: number;
  readonly end: number;
}

/** The fields of a message in their order. Throws a RangeError or Error when the bytes are no protobuf message. */
export function* fieldsOf(message: Uint8Array): Generator<Field, void, undefined> {
  const reader = new Reader(message);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.tag();
    const number = tag >>> 3;
    const wireType = tag & 7;
    let valueStart = reader.pos;
    if (wireType === WIRE.bytes) {
      const length = reader.size();
      valueStart = reader.pos;
      reader.skip(length);
    } else {
      reader.skipType(wireType, 0, number);
    }
    yield { number, wireType, start, valueStart, end: reader.pos };
  }
}

/** The value's bytes, as a view. */
export function bytesOf(message: Uint8Array, field: Field): Uint8Array {
  return message.subarray(field.valueStart, field.end);
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export function textOf(message: Uint8Array, field: Field): string {
  return utf8.decode(bytesOf(message, field));
}

/** A signed 64-bit varint, exact. */
export function integerOf(message: Uint8Array, field: Field): bigint {
  return readInteger(new Reader(bytesOf(message, field)));
}

export function floatOf(message: Uint8Array, field: Field): number {
  return new Reader(bytesOf(message, field)).float();
}

function readInteger(reader: FieldReader): bigint {
  const { high, low } = reader.int64();
  return BigInt.asIntN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
}

function readAll<T>(message: Uint8Array, field: Field, into: T[], read: (reader: FieldReader) => T): void {
  const reader = new Reader(bytesOf(message, field));
  while (reader.pos < reader.len) into.push(read(reader));
}

/** Appends the values of one occurrence of a repeated field, packed or not. */
export function appendIntegers(message: Uint8Array, field: Field, into: bigint[]): void {
  readAll(message, field, into, readInteger);
}

export function appendFloats(message: Uint8Array, field: Field, into: number[]): void {
  readAll(message, field, into, (reader) => reader.float());
}
