import type { BoundExpr } from '../../src/eval/bound.js';
import { canCast, castMismatch, castNullable } from '../../src/eval/cast.js';
import { datetimeArithmetic } from '../../src/eval/datetime/arithmetic-rules.js';
import { parseCalendarInterval } from '../../src/eval/datetime/parse-interval.js';
import { parseDate, parseTimestamp, parseTimestampNtz } from '../../src/eval/datetime/parse-text.js';
import { evaluateConstant } from '../../src/eval/evaluate.js';
import type { AnalysisContext, EvalMode, Replacement } from '../../src/eval/function.js';
import { castFunctionType, lookupScalar } from '../../src/eval/registry.js';
import {
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  type DataType,
  DayTimeIntervalType,
  Decimal,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  NULL,
  parseType,
  SHORT,
  STRING,
  sameType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  type Value,
  YearMonthIntervalType,
  zoneOf,
} from '../../src/types/index.js';

/** A small expression reader and binder, enough to run recorded one-row queries against the function registry without the
 * rooms below. It follows the analyzer's order: lambda types, implicit casts, result type. */
export interface Bound {
  readonly expr: BoundExpr;
  readonly nullable: boolean;
  readonly name?: string | undefined;
}
interface Ast {
  readonly k: 'lit' | 'call' | 'cast' | 'lambda' | 'name' | 'case';
  readonly [key: string]: unknown;
}
type Token = { readonly t: 'num' | 'str' | 'id' | 'op' | 'qid' | 'end'; readonly v: string };

function tokenize(sql: string): Token[] {
  const out: Token[] = [];
  const re =
    /\s+|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?:BD|[LSYDF])?|\.\d+(?:[eE][+-]?\d+)?(?:BD|[DF])?)|('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")|`([^`]*)`|([A-Za-z_][A-Za-z_0-9]*)|(<=>|<>|!=|==|>>>|>>|<<|<=|>=|->|\|\||::|[-+*/%()<>=,.[\]&|^~!:])/giy;
  while (re.lastIndex < sql.length) {
    const m = re.exec(sql);
    if (!m) throw new Error(`cannot read: ${sql}`);
    if (m[1] !== undefined) out.push({ t: 'num', v: m[1] });
    else if (m[2] !== undefined)
      out.push({
        t: 'str',
        v: unquote(m[2].startsWith("'") ? m[2].slice(1, -1).replace(/''/g, '') : m[2].slice(1, -1)),
      });
    else if (m[3] !== undefined) out.push({ t: 'qid', v: m[3] });
    else if (m[4] !== undefined) out.push({ t: 'id', v: m[4] });
    else if (m[5] !== undefined) out.push({ t: 'op', v: m[5] });
  }
  out.push({ t: 'end', v: '' });
  return out;
}
const unquote = (s: string): string =>
  s.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, c: string) => {
    if (c.length === 5) return String.fromCharCode(Number.parseInt(c.slice(1), 16));
    return c === 'n'
      ? '\n'
      : c === 't'
        ? '\t'
        : c === 'r'
          ? '\r'
          : c === '0'
            ? '\0'
            : c === '%' || c === '_'
              ? `\\${c}`
              : c;
  });

const call = (fn: string, ...args: Ast[]): Ast => ({ k: 'call', fn, args });
const lit = (type: DataType, value: Value): Ast => ({ k: 'lit', type, value });

class Reader {
  i = 0;
  constructor(readonly tokens: readonly Token[]) {}
  get t(): Token {
    return this.tokens[this.i] as Token;
  }
  is(v: string): boolean {
    return (this.t.t === 'op' || this.t.t === 'id') && this.t.v.toLowerCase() === v;
  }
  eat(v: string): boolean {
    if (!this.is(v)) return false;
    this.i++;
    return true;
  }
  need(v: string): void {
    if (!this.eat(v)) throw new Error(`expected ${v}, found ${this.t.v}`);
  }
  list(close: string): Ast[] {
    const out: Ast[] = [];
    if (this.eat(close)) return out;
    do out.push(this.lambda());
    while (this.eat(','));
    this.need(close);
    return out;
  }
  lambda(): Ast {
    const start = this.i;
    const names: string[] = [];
    if (this.t.t === 'id' && (this.tokens[this.i + 1] as Token).v === '->') names.push(this.t.v);
    else if (this.is('(')) {
      let j = this.i + 1;
      while ((this.tokens[j] as Token).t === 'id') {
        names.push((this.tokens[j] as Token).v);
        j++;
        if ((this.tokens[j] as Token).v !== ',') break;
        j++;
      }
      if ((this.tokens[j] as Token).v !== ')' || (this.tokens[j + 1] as Token | undefined)?.v !== '->')
        names.length = 0;
    }
    if (names.length > 0) {
      while (!this.is('->')) this.i++;
      this.i++;
      return { k: 'lambda', names, body: this.or() };
    }
    this.i = start;
    return this.or();
  }
  or(): Ast {
    let left = this.and();
    while (this.eat('or')) left = call('or', left, this.and());
    return left;
  }
  and(): Ast {
    let left = this.not();
    while (this.eat('and')) left = call('and', left, this.not());
    return left;
  }
  not(): Ast {
    return this.eat('not') || this.eat('!') ? call('not', this.not()) : this.predicate();
  }
  predicate(): Ast {
    let left = this.comparison();
    for (;;) {
      if (this.eat('is')) {
        const no = this.eat('not');
        if (this.eat('null')) left = call(no ? 'isnotnull' : 'isnull', left);
        else if (this.eat('distinct')) {
          this.need('from');
          const e = call('<=>', left, this.comparison());
          left = no ? e : call('not', e);
        } else {
          const truth = this.eat('true');
          if (!truth) this.need('false');
          const e = call('<=>', left, lit(BOOLEAN, truth));
          left = no ? call('not', e) : e;
        }
        continue;
      }
      const no =
        this.is('not') &&
        ['in', 'like', 'ilike', 'rlike', 'between', 'regexp'].includes(
          (this.tokens[this.i + 1] as Token).v.toLowerCase(),
        );
      if (no) this.i++;
      const wrap = (e: Ast): Ast => (no ? call('not', e) : e);
      if (this.eat('in')) {
        this.need('(');
        left = wrap(call('in', left, ...this.list(')')));
      } else if (this.eat('between')) {
        const low = this.comparison();
        this.need('and');
        left = wrap(call('and', call('>=', left, low), call('<=', left, this.comparison())));
      } else if (this.eat('like') || this.is('ilike')) {
        const ilike = this.eat('ilike');
        const all = this.eat('all');
        if (all || this.eat('any') || this.eat('some')) {
          this.need('(');
          left = wrap(call(all ? 'likeall' : 'likeany', left, ...this.list(')')));
        } else {
          const pattern = this.comparison();
          left = wrap(
            this.eat('escape')
              ? call('like', left, pattern, this.primary())
              : call(ilike ? 'ilike' : 'like', left, pattern),
          );
        }
      } else if (this.eat('rlike') || this.eat('regexp')) left = wrap(call('rlike', left, this.comparison()));
      else return left;
    }
  }
  binary(next: () => Ast, ops: readonly string[]): Ast {
    let left = next();
    for (;;) {
      const op = ops.find((o) => this.is(o));
      if (op === undefined) return left;
      this.i++;
      const right = next();
      left =
        op === '<>' || op === '!=' ? call('not', call('=', left, right)) : call(op === '==' ? '=' : op, left, right);
    }
  }
  comparison = (): Ast => this.binary(this.bitOr, ['<=>', '<>', '!=', '==', '<=', '>=', '=', '<', '>']);
  bitOr = (): Ast => this.binary(this.bitXor, ['|']);
  bitXor = (): Ast => this.binary(this.bitAnd, ['^']);
  bitAnd = (): Ast => this.binary(this.shift, ['&']);
  shift = (): Ast => this.binary(this.additive, ['>>>', '>>', '<<']);
  additive = (): Ast => this.binary(this.multiplicative, ['+', '-', '||']);
  multiplicative = (): Ast => this.binary(this.unary, ['*', '/', '%', 'div']);
  unary = (): Ast => {
    if (this.eat('-')) {
      if (this.t.t === 'num') return this.postfix(this.number(true));
      return call('negative', this.unary());
    }
    if (this.eat('+')) return call('positive', this.unary());
    if (this.eat('~')) return call('~', this.unary());
    return this.postfix(this.primary());
  };
  postfix(e: Ast): Ast {
    let left = e;
    for (;;) {
      if (this.eat('[')) {
        left = call('[]', left, this.or());
        this.need(']');
      } else if (this.is('.') && (this.tokens[this.i + 1] as Token).t !== 'num') {
        this.i++;
        left = call('.', left, lit(STRING, this.t.v));
        this.i++;
      } else if (this.eat('::')) left = { k: 'cast', child: left, type: this.type() };
      else return left;
    }
  }
  number(negative: boolean): Ast {
    const text = this.t.v;
    this.i++;
    const sign = negative ? '-' : '';
    const body = text.replace(/(BD|[LSYDF])$/i, '');
    const suffix = text.slice(body.length).toUpperCase();
    const isPlain = /^\d+$/.test(body);
    if (suffix === 'L') return lit(LONG, BigInt(sign + body));
    if (suffix === 'S') return lit(SHORT, Number(sign + body));
    if (suffix === 'Y') return lit(BYTE, Number(sign + body));
    if (suffix === 'D') return lit(DOUBLE, Number(sign + body));
    if (suffix === 'F') return lit(FLOAT, Math.fround(Number(sign + body)));
    if (/e/i.test(body) && suffix !== 'BD') return lit(DOUBLE, Number(sign + body));
    if (isPlain && suffix === '') {
      const n = BigInt(sign + body);
      if (BigInt.asIntN(32, n) === n) return lit(INT, Number(n));
      if (BigInt.asIntN(64, n) === n) return lit(LONG, n);
    }
    const [w = '', f = ''] = body.split('.');
    const digits = (w + f).replace(/^0+/, '');
    return lit(
      new DecimalType(Math.max(digits.length, f.length, 1), f.length),
      new Decimal(BigInt(sign + (w + f || '0')), f.length),
    );
  }
  type(): DataType {
    let text = '';
    let depth = 0;
    do {
      const t = this.t;
      if (t.t === 'op' && (t.v === '<' || t.v === '(')) depth++;
      if (t.t === 'op' && (t.v === '>' || t.v === ')')) depth--;
      if (t.t === 'op' && t.v === '>>') depth -= 2;
      text += `${t.v} `;
      this.i++;
      if (depth === 0 && !this.is('<') && !this.is('(') && !(/^interval/i.test(text) && this.t.t === 'id')) break;
    } while (this.t.t !== 'end');
    return parseType(text);
  }
  primary(): Ast {
    const t = this.t;
    if (t.t === 'num') return this.number(false);
    if (t.t === 'str') {
      this.i++;
      return lit(STRING, t.v);
    }
    if (this.eat('(')) {
      const items = this.list(')');
      return items.length === 1 ? (items[0] as Ast) : call('struct', ...items);
    }
    if (t.t !== 'id' && t.t !== 'qid') throw new Error(`unexpected ${t.v}`);
    this.i++;
    const word = t.v.toLowerCase();
    const next = this.t;
    switch (word) {
      case 'true':
      case 'false':
        return lit(BOOLEAN, word === 'true');
      case 'null':
        return lit(NULL, null);
      case 'x':
        if (next.t === 'str') {
          this.i++;
          return lit(BINARY, new Uint8Array(Buffer.from(next.v.length % 2 ? `0${next.v}` : next.v, 'hex')));
        }
        break;
      case 'date':
        if (next.t === 'str') {
          this.i++;
          return lit(DATE, parseDate(next.v) as number);
        }
        break;
      case 'timestamp':
      case 'timestamp_ltz':
        if (next.t === 'str') {
          this.i++;
          return lit(TIMESTAMP, parseTimestamp(next.v, zoneOf(TIME_ZONE)) as bigint);
        }
        break;
      case 'timestamp_ntz':
        if (next.t === 'str') {
          this.i++;
          return lit(TIMESTAMP_NTZ, parseTimestampNtz(next.v) as bigint);
        }
        break;
      case 'interval':
        return this.interval();
      case 'case':
        return this.caseWhen();
      case 'cast':
      case 'try_cast': {
        this.need('(');
        const child = this.lambda();
        this.need('as');
        const type = this.type();
        this.need(')');
        return { k: 'cast', child, type, ...(word === 'try_cast' ? { mode: 'TRY' } : {}) };
      }
      default:
    }
    if (!this.is('(')) return { k: 'name', name: t.v };
    this.i++;
    if (word === 'extract') {
      const field = this.t.v;
      this.i++;
      this.need('from');
      const e = this.or();
      this.need(')');
      return call('extract', lit(STRING, field), e);
    }
    if (word === 'trim') {
      let kind = 'trim';
      if (this.eat('leading')) kind = 'ltrim';
      else if (this.eat('trailing')) kind = 'rtrim';
      else this.eat('both');
      if (kind !== 'trim' && this.eat('from')) {
        const e = this.or();
        this.need(')');
        return call(kind, e);
      }
      const a = this.or();
      if (this.eat('from')) {
        const b = this.or();
        this.need(')');
        return call(kind, a, b);
      }
      const rest = this.eat(',') ? [this.or()] : [];
      this.need(')');
      return call(kind, a, ...rest);
    }
    if (word === 'position' || word === 'overlay' || word === 'substring' || word === 'substr') {
      const args = [this.additive()];
      while (this.eat(',') || this.eat('in') || this.eat('placing') || this.eat('from') || this.eat('for'))
        args.push(this.or());
      this.need(')');
      return call(word, ...args);
    }
    if (
      /^(timestampadd|timestampdiff|datediff|dateadd|date_add|date_diff)$/.test(word) &&
      this.t.t === 'id' &&
      /^(year|quarter|month|week|day|dayofyear|hour|minute|second|millisecond|microsecond)$/i.test(this.t.v) &&
      (this.tokens[this.i + 1] as Token).v === ','
    ) {
      const unit = this.t.v.toUpperCase();
      this.i += 2;
      return call(/diff/.test(word) ? 'timestampdiff' : 'timestampadd', lit(STRING, unit), ...this.list(')'));
    }
    return call(word, ...this.list(')'));
  }
  caseWhen(): Ast {
    const operand = this.is('when') ? undefined : this.or();
    const args: Ast[] = [];
    while (this.eat('when')) {
      const test = this.or();
      this.need('then');
      args.push(operand ? call('=', operand, test) : test, this.or());
    }
    if (this.eat('else')) args.push(this.or());
    this.need('end');
    return call('when', ...args);
  }
  interval(): Ast {
    if (this.t.t === 'str' && (this.tokens[this.i + 1] as Token).t !== 'id') {
      const text = this.t.v;
      this.i++;
      const i = parseCalendarInterval(text) as NonNullable<ReturnType<typeof parseCalendarInterval>>;
      return i.months !== 0
        ? lit(new YearMonthIntervalType(), i.months)
        : lit(new DayTimeIntervalType(), BigInt(i.days) * 86_400_000_000n + i.micros);
    }
    let months = 0;
    let micros = 0n;
    const fields: string[] = [];
    for (;;) {
      const minus = this.is('-') && ['num', 'str'].includes((this.tokens[this.i + 1] as Token).t);
      const negative = minus && this.eat('-');
      if (this.t.t !== 'num' && this.t.t !== 'str') break;
      const text = this.t.v;
      const unit = (this.tokens[this.i + 1] as Token).v.toLowerCase().replace(/s$/, '');
      if (!['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond'].includes(unit))
        break;
      this.i += 2;
      if (this.eat('to')) {
        const end = this.t.v.toLowerCase();
        this.i++;
        const type = parseType(`interval ${unit} to ${end}`);
        return { k: 'cast', child: lit(STRING, (negative ? '-' : '') + text), type };
      }
      const i = parseCalendarInterval(`${text} ${unit}`) as NonNullable<ReturnType<typeof parseCalendarInterval>>;
      const sign = negative ? -1 : 1;
      months += sign * i.months;
      micros += BigInt(sign) * (BigInt(i.days) * 86_400_000_000n + i.micros);
      fields.push(unit);
    }
    const ym = fields.filter((f) => f === 'year' || f === 'month');
    if (ym.length > 0) {
      return lit(new YearMonthIntervalType(ym.includes('year') ? 0 : 1, ym.includes('month') ? 1 : 0), months);
    }
    const order = ['day', 'hour', 'minute', 'second'];
    const ranks = fields.map((f) =>
      f === 'week' ? 0 : f.endsWith('isecond') || f === 'microsecond' ? 3 : order.indexOf(f),
    );
    return lit(new DayTimeIntervalType(Math.min(...ranks) as 0, Math.max(...ranks) as 3), micros);
  }
}

export let TIME_ZONE = 'UTC';
let MODE: EvalMode = 'ANSI';
/** Whether calls are bound as the expressions they stand for, as the optimizer does. */
const replacing = process.env['REPLACE'] !== undefined;
/** Runs the reader's binder in another mode and session time zone. */
export function withSession<T>(mode: EvalMode, timeZone: string, body: () => T): T {
  const before = [MODE, TIME_ZONE] as const;
  [MODE, TIME_ZONE] = [mode, timeZone];
  try {
    return body();
  } finally {
    [MODE, TIME_ZONE] = before;
  }
}

type Env = ReadonlyMap<
  string,
  { readonly id: number; readonly type: DataType; readonly nullable: boolean; readonly ordinal?: number }
>;
let nextId = 1;

class Mismatch extends Error {
  constructor(
    readonly condition: string,
    readonly parameters: unknown,
  ) {
    super(`${condition} ${JSON.stringify(parameters)}`);
  }
}

function constantOf(b: Bound): Value | undefined {
  if (b.expr.k === 'literal') return b.expr.value;
  if (!foldable(b.expr)) return undefined;
  try {
    return evaluateConstant(b.expr);
  } catch {
    return undefined;
  }
}
function foldable(e: BoundExpr): boolean {
  switch (e.k) {
    case 'literal':
      return true;
    case 'cast':
      return foldable(e.child);
    case 'call':
      return e.args.every(foldable) && lookupScalar(e.fn)?.deterministic !== false;
    default:
      return false;
  }
}

function castTo(child: Bound, type: DataType, mode: EvalMode): Bound {
  const from = child.expr.type;
  if (!canCast(from, type, mode)) {
    const { mismatch } = castMismatch(from, type, mode);
    throw new Mismatch(`DATATYPE_MISMATCH.${mismatch.condition}`, mismatch.parameters);
  }
  return {
    expr: { k: 'cast', child: child.expr, type, mode, timeZone: TIME_ZONE },
    nullable: castNullable(from, type, mode, child.nullable),
    name: child.name,
  };
}

function bind(ast: Ast, env: Env): Bound {
  switch (ast.k) {
    case 'lit':
      return {
        expr: { k: 'literal', type: ast['type'] as DataType, value: ast['value'] as Value },
        nullable: ast['value'] === null,
      };
    case 'name': {
      const v = env.get(String(ast['name']).toLowerCase());
      if (!v) throw new Mismatch('UNRESOLVED_COLUMN', ast['name']);
      const expr: BoundExpr =
        v.ordinal === undefined
          ? { k: 'lambdaVariable', id: v.id, type: v.type }
          : { k: 'input', ordinal: v.ordinal, type: v.type, nullable: v.nullable };
      return { expr, nullable: v.nullable, name: String(ast['name']) };
    }
    case 'cast': {
      const child = bind(ast['child'] as Ast, env);
      const type = ast['type'] as DataType;
      const mode = (ast['mode'] as EvalMode | undefined) ?? MODE;
      return castTo(child, type, mode);
    }
    case 'call':
      return bindCall(String(ast['fn']), ast['args'] as Ast[], env);
    default:
      throw new Error(`cannot bind ${ast.k}`);
  }
}

export function bindCallValues(fn: string, args: readonly Bound[], mode: EvalMode): Bound {
  return finish(fn, args, mode);
}

function bindCall(fn: string, asts: readonly Ast[], env: Env): Bound {
  if (fn === '.') {
    const struct = bind(asts[0] as Ast, env);
    const name = String((asts[1] as Ast)['value']).toLowerCase();
    const t = struct.expr.type;
    const s = t.kind === 'array' ? t.elementType : t;
    if (s.kind !== 'struct') throw new Mismatch('INVALID_EXTRACT', t.sql);
    const ordinal = s.fields.findIndex((f) => f.name.toLowerCase() === name);
    const b = finish(
      t.kind === 'array' ? 'getarraystructfields' : 'getstructfield',
      [struct, { expr: { k: 'literal', type: INT, value: ordinal }, nullable: false }],
      MODE,
    );
    return { ...b, name };
  }
  if (fn === '[]') {
    const container = bind(asts[0] as Ast, env);
    const key = bind(asts[1] as Ast, env);
    return finish(container.expr.type.kind === 'map' ? 'getmapvalue' : 'getarrayitem', [container, key], MODE);
  }
  const castType = castFunctionType(fn);
  if (castType && asts.length === 1) return castTo(bind(asts[0] as Ast, env), castType, MODE);
  const def = lookupScalar(fn);
  if (!def) throw new Mismatch('UNRESOLVED_ROUTINE', fn);
  const bound: (Bound | undefined)[] = asts.map((a) => (a.k === 'lambda' ? undefined : bind(a, env)));
  asts.forEach((a, i) => {
    if (a.k !== 'lambda') return;
    const names = a['names'] as string[];
    const types =
      def.lambdaParameterTypes?.(
        i,
        bound.map((b) => b?.expr.type),
        names.length,
      ) ?? [];
    const inner = new Map(env);
    const parameters = names.map((n, j) => {
      const id = nextId++;
      inner.set(n.toLowerCase(), { id, type: types[j]?.type ?? NULL, nullable: types[j]?.nullable ?? true });
      return id;
    });
    const body = bind(a['body'] as Ast, inner);
    bound[i] = { expr: { k: 'lambda', parameters, body: body.expr, type: body.expr.type }, nullable: body.nullable };
  });
  return finish(fn, bound as Bound[], MODE);
}

function finish(fn: string, args: readonly Bound[], mode: EvalMode): Bound {
  if (args.length === 2 && '+-*/'.includes(fn)) {
    const r = datetimeArithmetic(fn, (args[0] as Bound).expr.type, (args[1] as Bound).expr.type);
    if (r && !('fn' in r && r.fn === fn)) return fromReplacement(r, args, mode);
  }
  const def = lookupScalar(fn);
  if (!def) throw new Mismatch('UNRESOLVED_ROUTINE', fn);
  if (args.length < def.arity[0] || args.length > def.arity[1])
    throw new Mismatch('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', [fn, args.length]);
  const context: AnalysisContext = {
    mode,
    timeZone: TIME_ZONE,
    nullable: args.map((a) => a.nullable),
    constants: args.map(constantOf),
    literals: args.map((a) => a.expr.k === 'literal'),
    argumentNames: args.map((a) => a.name),
  };
  const casts = def.coerce(
    args.map((a) => a.expr.type),
    context,
  );
  if ('mismatch' in casts)
    throw new Mismatch(`DATATYPE_MISMATCH.${casts.mismatch.condition}`, casts.mismatch.parameters);
  const cast = args.map((a, i): Bound => {
    const type = casts[i];
    if (!type || sameType(type, a.expr.type)) return a;
    if (a.expr.k === 'lambda')
      return {
        ...a,
        expr: { ...a.expr, body: { k: 'cast', child: a.expr.body, type, mode, timeZone: TIME_ZONE }, type },
      };
    return castTo(a, type, mode);
  });
  const types = cast.map((a) => a.expr.type);
  if (cast.length === 2 && '+-'.includes(fn) && casts.some((c) => c !== undefined)) {
    const r = datetimeArithmetic(fn, types[0] as DataType, types[1] as DataType);
    if (r && !('fn' in r && r.fn === fn)) return fromReplacement(r, cast, mode);
  }
  const after: AnalysisContext = { ...context, constants: cast.map(constantOf), nullable: cast.map((a) => a.nullable) };
  if (replacing && def.replacement) {
    const r = def.replacement(types, after);
    if (!('fn' in r && lookupScalar(r.fn) === def)) return fromReplacement(r, cast, mode);
  }
  const type = def.returnType(types, after);
  const n = def.nullability;
  const nullable =
    n === 'always'
      ? true
      : n === 'never'
        ? false
        : typeof n === 'function'
          ? n(after.nullable as boolean[], types, after)
          : cast.some((a) => a.nullable);
  return {
    expr: { k: 'call', fn: def.name, args: cast.map((a) => a.expr), type, mode, timeZone: TIME_ZONE },
    nullable,
  };
}

function fromReplacement(r: Replacement, args: readonly Bound[], mode: EvalMode): Bound {
  if ('argument' in r) return args[r.argument] as Bound;
  if ('constant' in r)
    return { expr: { k: 'literal', type: r.type, value: r.constant }, nullable: r.constant === null };
  if ('cast' in r) {
    const child = fromReplacement(r.cast, args, mode);
    if (sameType(child.expr.type, r.type)) return child;
    return castTo(child, r.type, r.mode ?? mode);
  }
  return finish(
    r.fn,
    r.args.map((a) => fromReplacement(a, args, mode)),
    r.mode ?? mode,
  );
}

/** Binds one expression text. */
export function bindSql(text: string): Bound {
  const reader = new Reader(tokenize(text));
  const ast = reader.lambda();
  if (reader.t.t !== 'end') throw new Error(`left over: ${reader.t.v}`);
  return bind(ast, new Map());
}

/** Type and value of an expression text. */
export function runSql(text: string): { type: DataType; value: Value; nullable: boolean } {
  const bound = bindSql(text);
  return { type: bound.expr.type, value: evaluateConstant(bound.expr), nullable: bound.nullable };
}

export interface Column {
  readonly name: string;
  readonly type: DataType;
}
/** Binds the arguments of a call over columns; casts of `coerce` are left to the caller. */
export function bindArguments(text: string, columns: readonly Column[]): { name: string; args: Bound[] } {
  const reader = new Reader(tokenize(text));
  const ast = reader.lambda();
  if (ast.k !== 'call') throw new Error(`not a call: ${text}`);
  const env: Env = new Map(
    columns.map((c, i) => [c.name.toLowerCase(), { id: -1, type: c.type, nullable: true, ordinal: i }]),
  );
  return { name: String(ast['fn']), args: (ast['args'] as Ast[]).map((a) => bind(a, env)) };
}
export { castTo, constantOf, Mismatch };
