/**
 * The loops of plain.ts in AssemblyScript, compiled to kernel.wasm by `make build`: half the time. Lengths are those of packer.ts and stream/batch.ts. All addresses are constants.
 */

export const PAGE: usize = 65536;
export const ROOM: usize = 1024;
export const NODES: usize = 4096;
export const REFS: usize = 16384;
const LONGEST_SHAPE: u32 = 64;
const MOST_SHAPES: usize = 1 << 14;
const MOST_SHAPED: usize = 1 << 17;
const SLOT_BITS: u32 = 15;
const MET_BITS: u32 = 14;
const GUESS_BITS: u32 = 12;
const CANDIDATE_BITS: u32 = 13;
const MOST_HUBS: u32 = 1 << 17;

export const PAGE_AT: usize = 1024;
export const CANDIDATES: usize = PAGE_AT + PAGE + ROOM;
export const HUBS: usize = CANDIDATES + (8 << CANDIDATE_BITS);
export const STARTS: usize = HUBS + 4 * <usize>MOST_HUBS;
export const KEYS: usize = STARTS + 4 * (MOST_SHAPES + 4);
export const TARGETS: usize = KEYS + 4 * MOST_SHAPED;
export const CLASSES: usize = TARGETS + 4 * MOST_SHAPED;
export const SLOTS: usize = CLASSES + MOST_SHAPED;
const MET: usize = SLOTS + (4 << SLOT_BITS);
const GUESSES: usize = MET + (4 << MET_BITS);
export const ROW_TYPE: usize = GUESSES + (4 << GUESS_BITS);
export const ROW_START: usize = ROW_TYPE + 4 * NODES;
export const ROW_IS_ODD: usize = ROW_START + 4 * (NODES + 4);
export const REF_KEY: usize = ROW_IS_ODD + NODES;
export const REF_TO: usize = REF_KEY + 4 * REFS;
export const BEGUN: usize = REF_TO + 4 * REFS;

const NO_KEY: u32 = 0xffffffff;
const ALL_PACKED: u32 = 0;
const PAGE_FULL: u32 = 1;
const NO_SHAPE: u32 = 2;
const MET_AGAIN: u32 = 3;
const FAR: u32 = 1 << 10;
const OFTEN: i32 = 128;
const OWN_HUB: u32 = 0;
const NO_HUB: u32 = 0xffffffff;

export let hubCount: u32 = OWN_HUB + 1;
export let hash: u32 = 0;
export let at: u32 = 0;
export let why: u32 = 0;
export let begunCount: u32 = 0;

export function pack(from: u32, end: u32, first: u32, start: u32): u32 {
  let place = PAGE_AT + <usize>start;
  let row = from;
  let n = first;
  let ref = load<u32>(ROW_START + ((<usize>row) << 2));
  let begun = BEGUN;
  why = ALL_PACKED;
  for (; row < end; row++, n++) {
    if (place >= PAGE_AT + PAGE) {
      why = PAGE_FULL;
      break;
    }
    const refEnd = load<u32>(ROW_START + ((<usize>row) << 2), 4);
    let shape: u32 = 0;
    if (load<u8>(ROW_IS_ODD + <usize>row) !== 0) {
      why = NO_SHAPE;
      break;
    }
    if (refEnd > ref) {
      shape = shapeOf(load<u32>(ROW_TYPE + ((<usize>row) << 2)), ref, refEnd - ref);
      if (shape === 0) break;
    }
    if (row > from) {
      store<u8>(place++, 0);
      if ((n & 3) === 0) {
        store<u32>(begun, <u32>(place - PAGE_AT));
        begun += 4;
      }
    }
    if (refEnd === ref) continue;
    place = put(place, shape + 1);
    let at = load<u32>(STARTS + ((<usize>(shape - 1)) << 2));
    for (; ref < refEnd; ref++, at++) {
      const target = load<u32>(REF_TO + ((<usize>ref) << 2));
      const away = target - n;
      const zigzag = (away << 1) ^ <u32>(<i32>away >> 31);
      let hub = NO_HUB;
      if (target === load<u32>(TARGETS + ((<usize>at) << 2))) hub = OWN_HUB;
      else if (zigzag >= FAR) hub = hubOf(target);
      const kind = <u32>load<u8>(CLASSES + <usize>at);
      place = put(place, ((hub !== NO_HUB ? (hub << 3) | 4 : zigzag << 3) | kind) + 1);
    }
  }
  at = <u32>(place - PAGE_AT);
  begunCount = <u32>((begun - BEGUN) >> 2);
  return row;
}

/** A shape's number plus one; 0, and `why`, where there is none. */
function shapeOf(type: u32, ref: u32, count: u32): u32 {
  if (count > LONGEST_SHAPE) {
    why = NO_SHAPE;
    return 0;
  }
  const keys = REF_KEY + ((<usize>ref) << 2);
  const guess = GUESSES + ((<usize>(type & ((1 << GUESS_BITS) - 1))) << 2);
  const guessed = load<u32>(guess);
  if (guessed !== 0 && isShape(guessed, keys, count)) return guessed;
  let mixed = count;
  for (let i: u32 = 0; i < count; i++) {
    const key = load<u32>(keys + ((<usize>i) << 2));
    if (key === NO_KEY) {
      why = NO_SHAPE;
      return 0;
    }
    mixed = ((mixed ^ key) * 0x9e3779b1) ^ (mixed >> 15);
  }
  mixed = (mixed ^ (mixed >> 15)) * 0x85ebca6b;
  for (let slot = mixed >> (32 - SLOT_BITS); ; slot = (slot + 1) & ((1 << SLOT_BITS) - 1)) {
    const known = load<u32>(SLOTS + ((<usize>slot) << 2));
    if (known === 0) break;
    if (isShape(known, keys, count)) {
      store<u32>(guess, known);
      return known;
    }
  }
  const met = MET + ((<usize>(mixed & ((1 << MET_BITS) - 1))) << 2);
  if (load<u32>(met) === mixed) {
    hash = mixed;
    why = MET_AGAIN;
  } else {
    store<u32>(met, mixed);
    why = NO_SHAPE;
  }
  return 0;
}

function isShape(shape: u32, keys: usize, count: u32): bool {
  const start = STARTS + ((<usize>(shape - 1)) << 2);
  const at = load<u32>(start);
  if (load<u32>(start, 4) - at !== count) return false;
  const own = KEYS + ((<usize>at) << 2);
  const bytes = (<usize>count) << 2;
  for (let i: usize = 0; i < bytes; i += 4) if (load<u32>(own + i) !== load<u32>(keys + i)) return false;
  return true;
}

function hubOf(to: u32): u32 {
  const slot = CANDIDATES + ((<usize>((to * 0x9e3779b1) >> (32 - CANDIDATE_BITS))) << 3);
  const state = load<i32>(slot, 4);
  if (load<u32>(slot) === to) {
    if (state < 0) return <u32>(0 - state);
    if (state < OFTEN) store<i32>(slot, state + 1, 4);
    else if (hubCount < MOST_HUBS) {
      store<i32>(slot, 0 - <i32>hubCount, 4);
      store<u32>(HUBS + ((<usize>hubCount) << 2), to);
      hubCount++;
    }
  } else if (state > 0) store<i32>(slot, state - 1, 4);
  else if (state === 0) {
    store<u32>(slot, to);
    store<i32>(slot, 1, 4);
  }
  return NO_HUB;
}

/** Writes a varint, and perhaps zeros behind it; gives where it ends. */
function put(place: usize, value: u32): usize {
  if (value >> 28 !== 0) {
    let rest = value;
    for (; rest > 127; rest >>= 7) store<u8>(place++, <u8>((rest & 127) | 128));
    store<u8>(place++, <u8>rest);
    return place;
  }
  const groups = (value & 0x7f) | ((value & 0x3f80) << 1) | ((value & 0x1fc000) << 2) | ((value & 0xfe00000) << 3);
  // Bytes but the last one: seven bits each.
  const more = ((31 - clz(value | 1)) * 37) >> 8;
  store<u32>(place, groups | (0x00808080 & ((1 << (more << 3)) - 1)));
  return place + <usize>more + 1;
}
