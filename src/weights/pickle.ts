/**
 * A reader of pickles that runs nothing. A pickle is a program for a stack machine that may call any Python
 * function, which is how a weights file can take over a computer; this machine knows the instructions that
 * torch.save emits (protocols 2 to 5, see CPython's Lib/pickletools.py), and a name is either on the caller's list,
 * and then stands for a function of ours, or for nothing: what the file makes of it is a placeholder that has a name, drops whatever
 * it is given and cannot be called. So the weights of a training program load though its settings lie beside them.
 *
 * Memory and time are bounded: values are shared and never expanded, nothing recurses, and instructions are counted.
 */
import type { ByteCursor } from './cursor.ts';
import { SAVE_STATE_DICT, quote, type WeightsError } from './errors.ts';
import { asKind, typeName, type PickleGlobal, type PicklePlaceholder, type PickleValue } from './values.ts';
import { decodeUtf8 } from './utf8.ts';

/** What a pickle may refer to outside of itself. */
export interface PickleWorld {
  /** What Python's `module.name` is here: a function of ours, or a foreign name. Undefined if there are too many of those. */
  global(module: string, name: string): PickleGlobal | undefined;
  /**
   * What the writer left out and named instead (for PyTorch, a storage), or undefined for a name that means nothing.
   */
  persistent(id: PickleValue): PickleValue | undefined;
}

/**
 * Reads one pickle from `cursor` and leaves the cursor after its STOP.
 * Throws WeightsError for a forbidden name, an unknown instruction, or a program that does not add up.
 */
export function readPickle(cursor: ByteCursor, world: PickleWorld): PickleValue {
  const machine = new Machine(cursor, world);
  if (cursor.u8() !== PROTO) throw machine.error('this is not a pickle of protocol 2 or later');
  const protocol = cursor.u8();
  if (protocol < 2 || protocol > 5)
    throw machine.error(`its pickle protocol ${protocol} is not one of 2 to 5`);
  let count = 0;
  for (let opcode = cursor.u8(); opcode !== STOP; opcode = cursor.u8()) {
    if (++count > MOST_INSTRUCTIONS) {
      throw machine.error(`the pickle has more than ${MOST_INSTRUCTIONS} instructions`, SAVE_STATE_DICT);
    }
    const instruction = instructions[opcode];
    if (!instruction) {
      const code = `0x${opcode.toString(16).padStart(2, '0')}`;
      throw machine.error(
        `torch.save writes no pickle instruction ${code}; nothing was run`,
        SAVE_STATE_DICT,
      );
    }
    instruction(machine, cursor);
  }
  return machine.result();
}

/**
 * A tensor takes about 20. One byte can ask for an empty dictionary of a hundred, so the
 * length of the file is no limit.
 */
const MOST_INSTRUCTIONS = 2_000_000;
/** Characters of a module and a name together. */
const LONGEST_NAME = 512;
const PROTO = 0x80;
const STOP = 0x2e;

/** By opcode; each comment is the instruction's name in pickletools. */
const instructions: Readonly<Record<number, (machine: Machine, cursor: ByteCursor) => void>> = {
  0x4e: (m) => m.push(null), // NONE
  0x88: (m) => m.push(true), // NEWTRUE
  0x89: (m) => m.push(false), // NEWFALSE
  0x4a: (m, c) => m.push(c.i32()), // BININT
  0x4b: (m, c) => m.push(c.u8()), // BININT1
  0x4d: (m, c) => m.push(c.u16()), // BININT2
  0x8a: (m, c) => m.push(signedInteger(c.take(c.u8()))), // LONG1
  0x47: (m, c) => m.push(c.f64BigEndian()), // BINFLOAT

  0x58: (m, c) => m.push(c.text(c.u32())), // BINUNICODE
  0x8c: (m, c) => m.push(c.text(c.u8())), // SHORT_BINUNICODE
  0x8d: (m, c) => m.push(c.text(c.u64())), // BINUNICODE8
  0x54: (m, c) => m.push(textOrBytes(c.take(c.u32()))), // BINSTRING: Python 2's str
  0x55: (m, c) => m.push(textOrBytes(c.take(c.u8()))), // SHORT_BINSTRING
  0x42: (m, c) => m.push(c.take(c.u32())), // BINBYTES
  0x43: (m, c) => m.push(c.take(c.u8())), // SHORT_BINBYTES
  0x8e: (m, c) => m.push(c.take(c.u64())), // BINBYTES8
  0x96: (m, c) => m.push(c.take(c.u64())), // BYTEARRAY8

  0x28: (m) => m.mark(), // MARK
  0x30: (m) => m.drop(), // POP: behind a tuple or an object that holds itself
  0x31: (m) => void m.popToMark(), // POP_MARK
  0x29: (m) => m.push({ kind: 'tuple', items: [] }), // EMPTY_TUPLE
  0x85: (m) => m.tuple(1), // TUPLE1
  0x86: (m) => m.tuple(2), // TUPLE2
  0x87: (m) => m.tuple(3), // TUPLE3
  0x74: (m) => m.push({ kind: 'tuple', items: m.popToMark() }), // TUPLE
  0x5d: (m) => m.push([]), // EMPTY_LIST
  0x61: (m) => m.append([m.pop()]), // APPEND
  0x65: (m) => m.append(m.popToMark()), // APPENDS
  0x7d: (m) => m.push(new Map()), // EMPTY_DICT
  0x73: (m) => m.setItems(m.popLast(2)), // SETITEM
  0x75: (m) => m.setItems(m.popToMark()), // SETITEMS
  0x8f: (m) => m.push(SET), // EMPTY_SET
  0x90: (m) => m.append(m.popToMark()), // ADDITEMS
  0x91: (m) => m.frozenSet(), // FROZENSET

  0x71: (m, c) => m.put(c.u8()), // BINPUT
  0x72: (m, c) => m.put(c.u32()), // LONG_BINPUT
  0x94: (m) => m.memoize(), // MEMOIZE
  0x68: (m, c) => m.get(c.u8()), // BINGET
  0x6a: (m, c) => m.get(c.u32()), // LONG_BINGET
  0x95: (m, c) => m.frame(c.u64()), // FRAME

  0x63: (m, c) => m.global(c.line(), c.line()), // GLOBAL
  0x93: (m) => m.stackGlobal(), // STACK_GLOBAL
  0x51: (m) => m.persistent(), // BINPERSID
  0x52: (m) => m.reduce(), // REDUCE
  0x62: (m) => m.build(), // BUILD

  // Further ways to make an object, each from a class and its arguments.
  0x69: (m, c) => m.instance(c.line(), c.line()), // INST
  0x6f: (m) => m.object(m.popToMark()), // OBJ
  0x81: (m) => m.object(m.popLast(2)), // NEWOBJ
  0x92: (m) => m.object(m.popLast(3)), // NEWOBJ_EX
  // Names by number. torch.save has none; they are here for the message.
  0x82: (m, c) => m.forbid(`number ${c.u8()} of its extension registry`), // EXT1
  0x83: (m, c) => m.forbid(`number ${c.u16()} of its extension registry`), // EXT2
  0x84: (m, c) => m.forbid(`number ${c.i32()} of its extension registry`), // EXT4
};

/** A set has no use here: it may be made and filled, and nothing is kept of it. */
const SET: PicklePlaceholder = { kind: 'placeholder', name: 'set' };

class Machine {
  private readonly stack: PickleValue[] = [];
  /** The stack's heights where a MARK stands: nothing below the topmost may be touched. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    private readonly cursor: ByteCursor,
    private readonly world: PickleWorld,
  ) {}

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  /** Drops what is on top, which is the mark itself where nothing stands above it. */
  drop(): void {
    if (this.stack.length > 0 && this.stack.length === this.marks.at(-1)) this.marks.pop();
    else this.pop();
  }

  /** The last `count` values, oldest first. */
  popLast(count: number): PickleValue[] {
    if (this.stack.length - (this.marks.at(-1) ?? 0) < count) throw this.underflow();
    return this.stack.splice(this.stack.length - count);
  }

  popToMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw this.error('the pickle closes a group that it never opened');
    return this.stack.splice(mark);
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  tuple(size: number): void {
    this.push({ kind: 'tuple', items: this.popLast(size) });
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (asKind(list, 'placeholder')) return;
    if (!Array.isArray(list)) throw this.error(`the pickle appends to a ${typeName(list)}`);
    for (const item of items) list.push(item);
  }

  /** @param items keys and values in turn */
  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map) && !asKind(dict, 'placeholder'))
      throw this.error(`the pickle sets items of a ${typeName(dict)}`);
    if (items.length % 2 !== 0) throw this.error('the pickle sets a key without a value');
    if (!(dict instanceof Map)) return;
    for (let i = 0; i < items.length; i += 2) dict.set(items[i] as PickleValue, items[i + 1] as PickleValue);
  }

  put(index: number): void {
    this.memo.set(index, this.top());
  }

  memoize(): void {
    this.put(this.memo.size);
  }

  get(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.error(`the pickle reads back value ${index}, which it never stored`);
    this.push(value);
  }

  /** Frames let a pipe read ahead; from memory their length needs only to be true. */
  frame(length: number): void {
    if (length > this.cursor.remaining) throw this.error(`a frame claims ${length} bytes`);
  }

  frozenSet(): void {
    this.popToMark();
    this.push(SET);
  }

  global(module: string, name: string): void {
    // The text of a name is read once and may be used again and again: joining and hashing it must stay cheap.
    if (module.length + name.length > LONGEST_NAME)
      throw this.error(`a name in the pickle has ${module.length + name.length} characters`);
    const known = this.world.global(module, name);
    if (!known) throw this.error('the pickle names too many different classes', SAVE_STATE_DICT);
    this.push(known);
  }

  stackGlobal(): void {
    const [module, name] = this.popLast(2);
    if (typeof module !== 'string' || typeof name !== 'string')
      throw this.error('a name in the pickle is not a text');
    this.global(module, name);
  }

  persistent(): void {
    const id = this.pop();
    const value = this.world.persistent(id);
    if (value === undefined)
      throw this.error('the pickle names external data in a way that torch.save does not');
    this.push(value);
  }

  /** A call: of one of our own functions, or of something unknown, which makes a placeholder and runs nothing. */
  reduce(): void {
    const [callee, args] = this.popLast(2);
    const items = asKind(args, 'tuple')?.items;
    const foreign = items && foreignName(callee);
    if (foreign !== undefined) return this.push({ kind: 'placeholder', name: foreign });
    const known = asKind(callee, 'global');
    if (!known?.call || !items)
      throw this.error(`the pickle calls a ${typeName(callee as PickleValue)}`, SAVE_STATE_DICT);
    const value = known.call(items) ?? items.find((item) => asKind(item, 'placeholder'));
    if (value === undefined)
      throw this.error(`the pickle gives ${known.name} arguments that torch.save does not`);
    this.push(value);
  }

  instance(module: string, name: string): void {
    const args = this.popToMark();
    this.global(module, name);
    this.object([this.pop(), ...args.slice(0, 1)]);
  }

  /** A new object of the first value's class, which is never one of those that torch.save makes tensors of. */
  object([callee]: readonly PickleValue[]): void {
    const foreign = foreignName(callee);
    if (foreign === undefined) return this.forbid(callee === undefined ? 'a class' : typeName(callee));
    this.push({ kind: 'placeholder', name: foreign });
  }

  /**
   * Attributes of an object. Those that state dicts carry are without effect here: `_metadata` of the OrderedDict, and
   * (requires_grad, volatile, hooks) of the Parameters in files from before PyTorch 0.4.
   */
  build(): void {
    const state = this.pop();
    const object = this.top();
    if (asKind(object, 'placeholder')) return;
    if (object instanceof Map && (state instanceof Map || state === null)) return;
    if (asKind(object, 'tensor') && asKind(state, 'tuple')?.items.length === 3) return;
    throw this.error(`the pickle sets the state of a ${typeName(object)}; nothing was run`, SAVE_STATE_DICT);
  }

  forbid(name: string): void {
    throw this.error(`the file asks Python to call ${quote(name)}; nothing was run`, SAVE_STATE_DICT);
  }

  result(): PickleValue {
    const value = this.pop();
    if (this.stack.length > 0 || this.marks.length > 0)
      throw this.error('values are left over at the end of the pickle');
    return value;
  }

  error(problem: string, remedy?: string): WeightsError {
    return this.cursor.error(problem, remedy);
  }

  private top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined || this.stack.length <= (this.marks.at(-1) ?? 0)) throw this.underflow();
    return value;
  }

  private underflow(): WeightsError {
    return this.error('the pickle takes more values from its stack than it put there');
  }
}

/** The name of what the file would have called and graft does not know; undefined for our own functions, and for no class at all. */
function foreignName(callee: PickleValue | undefined): string | undefined {
  const known = asKind(callee, 'global');
  return known?.isForeign ? known.name : asKind(callee, 'placeholder')?.name;
}

/** Python 2 had one type for both, and its NumPy numbers are bytes. */
const textOrBytes = (bytes: Uint8Array): string | Uint8Array => decodeUtf8(bytes) ?? bytes;

/** A little-endian two's complement integer; beyond 2^53 it stays a bigint. */
function signedInteger(bytes: Uint8Array): number | bigint {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .reverse()
    .join('');
  const value = BigInt.asIntN(8 * bytes.length, BigInt(`0x0${digits}`));
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
