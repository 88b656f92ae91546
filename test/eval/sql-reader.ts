import { parseCalendarInterval } from '../../src/eval/datetime/parse-interval.js';
import { parseDate, parseTimestamp, parseTimestampNtz } from '../../src/eval/datetime/parse-text.js';
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
  TIMESTAMP,
  TIMESTAMP_NTZ,
  type Value,
  YearMonthIntervalType,
  zoneOf,
} from '../../src/types/index.js';

import { type Token, tokenize } from './sql-tokens.js';

/** An expression as it was read. */
export interface Ast {
  readonly k: 'lit' | 'call' | 'cast' | 'lambda' | 'name' | 'case';
  readonly [key: string]: unknown;
}
const call = (fn: string, ...args: Ast[]): Ast => ({ k: 'call', fn, args });
const lit = (type: DataType, value: Value): Ast => ({ k: 'lit', type, value });

/** By recursive descent; long, as a grammar is. */
class Reader {
  i = 0;
  constructor(
    readonly tokens: readonly Token[],
    readonly timeZone: string,
  ) {}
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
          return lit(TIMESTAMP, parseTimestamp(next.v, zoneOf(this.timeZone)) as bigint);
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

/** Reads one expression, or a lambda; timestamps without zone are of `timeZone`. */
export function readSql(text: string, timeZone: string): Ast {
  const reader = new Reader(tokenize(text), timeZone);
  const ast = reader.lambda();
  if (reader.t.t !== 'end') throw new Error(`left over: ${reader.t.v}`);
  return ast;
}
