import type { BoundExpr } from '../../eval/bound.js';
import type { DataType, Value } from '../../types/index.js';
import type { Frame } from './frame.js';
import { compileLike, type LikePattern } from './like-pattern.js';
import { COST } from './node.js';
import { bytesHeap } from './row-values.js';
import type { StrictKernel } from './strict.js';

type Call = Extract<BoundExpr, { k: 'call' }>;

function isText(type: DataType): boolean {
  return type.kind === 'string' || type.kind === 'char' || type.kind === 'varchar';
}

const MATCH: Readonly<Record<string, number>> = { startswith: 0, endswith: 1, contains: 2 };

/** Kernels of string functions. */
export function stringKernel(call: Call): StrictKernel | undefined {
  const [a, b, c] = call.args;
  if (!a) return undefined;
  const { type } = call;
  const cost = COST.text;
  const n = call.args.length;
  switch (call.fn) {
    case 'length':
    case 'char_length':
    case 'character_length':
    case 'len':
      if (n !== 1 || !isText(a.type)) return undefined;
      return {
        canRaise: false,
        cost,
        apply: (f, [x], validity) => {
          const out = f.rows(4);
          f.kernels.lengthChars(x!.data, validity, out, f.selection, f.count);
          return { type, rep: 'i32', data: out, validity };
        },
      };
    case 'octet_length':
      if (n !== 1 || !(isText(a.type) || a.type.kind === 'binary')) return undefined;
      return {
        canRaise: false,
        apply: (f, [x], validity) => {
          const out = f.rows(4);
          f.kernels.lengthBytes(x!.data, out, f.selection, f.count);
          return { type, rep: 'i32', data: out, validity };
        },
      };
    case 'startswith':
    case 'endswith':
    case 'contains':
      if (n !== 2 || !isText(a.type) || !b || !isText(b.type)) return undefined;
      return {
        canRaise: false,
        cost,
        apply: (f, [x, y], validity) => {
          const out = f.rows(1);
          f.kernels.matchPart(MATCH[call.fn]!, x!.data, y!.data, validity, out, f.selection, f.count);
          return { type, rep: 'bool', data: out, validity };
        },
      };
    case 'instr':
      if (n !== 2 || !isText(a.type) || !b || !isText(b.type)) return undefined;
      return {
        canRaise: false,
        cost,
        apply: (f, [x, y], validity) => {
          const out = f.rows(4);
          f.kernels.positionOf(x!.data, y!.data, validity, out, f.selection, f.count);
          return { type, rep: 'i32', data: out, validity };
        },
      };
    case 'substring':
    case 'substr':
      if (n !== 3 || !isText(a.type) || type.kind !== 'string' || b?.type.kind !== 'int' || c?.type.kind !== 'int')
        return undefined;
      return {
        canRaise: false,
        cost,
        apply: (f, [x, p, l], validity) => {
          const out = f.rows(8);
          f.kernels.substringChars(x!.data, p!.data, l!.data, validity, out, f.selection, f.count);
          return { type, rep: 'view', data: out, validity };
        },
      };
    case 'trim':
    case 'ltrim':
    case 'rtrim': {
      if (n !== 1 || !isText(a.type)) return undefined;
      const which = call.fn === 'trim' ? 3 : call.fn === 'ltrim' ? 1 : 2;
      return {
        canRaise: false,
        cost,
        apply: (f, [x], validity) => {
          const out = f.rows(8);
          f.kernels.trimSpaces(x!.data, which, validity, out, f.selection, f.count);
          return { type, rep: 'view', data: out, validity };
        },
      };
    }
    case 'upper':
    case 'ucase':
    case 'lower':
    case 'lcase': {
      if (n !== 1 || !isText(a.type)) return undefined;
      const upper = call.fn === 'upper' || call.fn === 'ucase' ? 1 : 0;
      return {
        canRaise: false,
        cost,
        apply: (f, [x], validity, outlives) => {
          const out = f.rows(8);
          const k = f.kernels;
          const bytes = bytesHeap(f, outlives).alloc(k.totalBytes(x!.data, validity, f.selection, f.count));
          const bad = k.convertCaseAscii(x!.data, upper, bytes, out, validity, f.selection, f.count);
          return bad >= 0 ? undefined : { type, rep: 'view', data: out, validity };
        },
      };
    }
    case 'concat':
    case '||':
      return call.args.every((arg) => isText(arg.type)) && type.kind === 'string' ? concat(type) : undefined;
    case 'like':
      return isText(a.type) ? like(call) : undefined;
    default:
      return undefined;
  }
}

function concat(type: DataType): StrictKernel {
  return {
    canRaise: false,
    cost: COST.text,
    apply: (f, args, validity, outlives) => {
      const k = f.kernels;
      let data = args[0]!.data;
      for (let i = 1; i < args.length; i++) {
        const right = args[i]!.data;
        const { selection: s, count: n } = f;
        const size = k.totalBytes(data, validity, s, n) + k.totalBytes(right, validity, s, n);
        // Only the last step's bytes are part of the result.
        const bytes = bytesHeap(f, outlives && i === args.length - 1).alloc(size);
        const out = f.rows(8);
        k.concatViews(data, right, bytes, out, validity, s, n);
        data = out;
      }
      return { type, rep: 'view', data, validity };
    },
  };
}

function like(call: Call): StrictKernel | undefined {
  const [, pattern, third] = call.args;
  if (pattern?.k !== 'literal' || typeof pattern.value !== 'string') return undefined;
  const escapeChar: Value = third === undefined ? '\\' : third.k === 'literal' ? third.value : null;
  if (typeof escapeChar !== 'string') return undefined;
  // A malformed pattern raises: the scalar definition says how.
  const compiled = compileLike(pattern.value, escapeChar);
  if (!compiled) return undefined;
  return likeKernel(call.type, compiled);
}

function likeKernel(type: DataType, pattern: LikePattern): StrictKernel {
  let address = 0;
  const place = (f: Frame): number => {
    if (address !== 0) return address;
    const { arena, keep } = f.ctx;
    if (pattern.kind === 'tokens') {
      address = keep.alloc(pattern.tokens.length * 4);
      arena.u32.set(pattern.tokens, address >>> 2);
      return address;
    }
    const texts = pattern.kind === 'part' ? [pattern.text] : pattern.texts;
    address = keep.alloc(texts.length * 8);
    for (const [i, part] of texts.entries()) {
      const text = Buffer.from(part);
      const bytes = keep.alloc(text.length);
      arena.u8.set(text, bytes);
      arena.u32[(address >>> 2) + i * 2] = bytes;
      arena.u32[(address >>> 2) + i * 2 + 1] = text.length;
    }
    return address;
  };
  return {
    canRaise: false,
    cost: COST.text * 2,
    apply: (f, [x], validity) => {
      const out = f.rows(1);
      const at = place(f);
      const { kernels, selection, count } = f;
      if (pattern.kind === 'tokens')
        kernels.likeTokens(x!.data, at, pattern.tokens.length, validity, out, selection, count);
      else if (pattern.kind === 'parts')
        kernels.likeParts(x!.data, at, pattern.texts.length, pattern.ends, validity, out, selection, count);
      else f.kernels.matchOne(pattern.match, x!.data, at, validity, out, f.selection, f.count);
      return { type, rep: 'bool', data: out, validity };
    },
  };
}
