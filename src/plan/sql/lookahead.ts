import {
  Alternation,
  type ILookaheadStrategy,
  type ILookaheadValidationError,
  type IOrAlt,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type Rule,
  Terminal,
  type TokenType,
} from 'chevrotain';
import { tokenTypes } from './tokens.js';

/** What chevrotain's look-ahead functions see as `this`. */
interface Looker {
  LA(howMuch: number): { readonly tokenTypeIdx: number };
}
type Gated = readonly Pick<IOrAlt<unknown>, 'GATE'>[];
/** Which alternative to take (a number) or whether to enter (a boolean). */
export type LookaheadFunction = (this: Looker, alternatives?: Gated) => number | boolean | undefined;

/** First tokens of a piece of grammar, and whether the piece may be empty. */
interface First {
  readonly types: Set<TokenType>;
  nullable: boolean;
}

/** chevrotain numbers the kinds of choices so in its look-ahead keys. */
const CHOICE_KINDS = [
  Alternation,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionWithSeparator,
  RepetitionMandatoryWithSeparator,
] as const;

/** The LL(1) tables of a grammar: `rule:kind:occurrence` → first tokens, alternatives parted by `|`, `?` for one that may be
 * empty. A category stands for its members. */
export function makeTables(rules: readonly Rule[]): Record<string, string> {
  const firsts = new Firsts();
  const tables: Record<string, string> = {};
  for (const rule of rules) {
    for (const production of choicesOf(rule)) {
      const kind = CHOICE_KINDS.findIndex((k) => production instanceof k) + 1;
      const alternatives = production instanceof Alternation ? production.definition : [production];
      tables[`${rule.name}:${kind}:${production.idx}`] = alternatives
        .map((a) => firsts.sequence(definitionOf(a)))
        .map((first) => `${first.nullable ? '?' : ''}${minimal(first.types).join(' ')}`)
        .join('|');
    }
  }
  return tables;
}

/** Alternatives that share a first token with an earlier one, where the grammar does not say that gates decide. */
export function findOverlaps(rules: readonly Rule[]): string[] {
  const firsts = new Firsts();
  const overlaps: string[] = [];
  for (const rule of rules) {
    for (const or of choicesOf(rule)) {
      if (!(or instanceof Alternation) || (or as { ignoreAmbiguities?: boolean }).ignoreAmbiguities === true) continue;
      const taken = new Set<number>();
      or.definition.forEach((alternative, i) => {
        const own = indexesOf(firsts.sequence(definitionOf(alternative)).types);
        if ([...own].some((index) => taken.has(index)))
          overlaps.push(`${rule.name}: OR${or.idx}, alternative ${i + 1}`);
        for (const index of own) taken.add(index);
      });
    }
  }
  return overlaps;
}

/** Keeps chevrotain from making look-ahead functions of its own: the tables take their place. */
export const NO_STRATEGY: ILookaheadStrategy = {
  validate: (options): ILookaheadValidationError[] => findOverlaps(options.rules).map((message) => ({ message })),
  buildLookaheadForAlternation: () => () => undefined,
  buildLookaheadForOptional: () => () => false,
};

let byName: ReadonlyMap<string, TokenType> | undefined;

/** The function that a table row describes. The row is read when it is first asked. */
export function lookaheadFunction(row: string, isAlternation: boolean): LookaheadFunction {
  let sets: boolean[][] | undefined;
  const load = (): boolean[][] => {
    byName ??= new Map(tokenTypes.map((t) => [t.name, t]));
    return row.split('|').map((names) => {
      const has: boolean[] = [];
      const types = names
        .replace('?', '')
        .split(' ')
        .filter((n) => n !== '');
      for (const index of indexesOf(types.map((n) => byName?.get(n) as TokenType))) has[index] = true;
      return has;
    });
  };
  if (!isAlternation) {
    return function () {
      sets ??= load();
      return (sets[0] as boolean[])[this.LA(1).tokenTypeIdx] === true;
    };
  }
  const nullable = row.split('|').map((names) => names.startsWith('?'));
  return function (alternatives) {
    sets ??= load();
    const next = this.LA(1).tokenTypeIdx;
    for (let i = 0; i < sets.length; i++) {
      if ((sets[i] as boolean[])[next] !== true && nullable[i] !== true) continue;
      const gate = alternatives?.[i]?.GATE;
      if (gate === undefined || gate.call(this) !== false) return i;
    }
    return undefined;
  };
}

class Firsts {
  private readonly rules = new Map<Rule, First>();

  sequence(definition: readonly IProduction[]): First {
    const result: First = { types: new Set(), nullable: true };
    for (const production of definition) {
      const first = this.first(production);
      for (const type of first.types) result.types.add(type);
      if (!first.nullable) {
        result.nullable = false;
        break;
      }
    }
    return result;
  }

  private first(production: IProduction): First {
    if (production instanceof Terminal) return { types: new Set([production.terminalType]), nullable: false };
    if (production instanceof NonTerminal) {
      const rule = production.referencedRule;
      const first = this.rules.get(rule) ?? this.sequence(rule.definition);
      this.rules.set(rule, first);
      return first;
    }
    if (production instanceof Alternation) {
      const parts = production.definition.map((alternative) => this.sequence(definitionOf(alternative)));
      return { types: new Set(parts.flatMap((p) => [...p.types])), nullable: parts.some((p) => p.nullable) };
    }
    const inner = this.sequence(definitionOf(production));
    const mandatory =
      production instanceof RepetitionMandatory || production instanceof RepetitionMandatoryWithSeparator;
    return mandatory ? inner : { types: inner.types, nullable: true };
  }
}

/** Without the types that a category in the set covers. */
function minimal(types: ReadonlySet<TokenType>): string[] {
  const all = [...types];
  const covered = (t: TokenType): boolean =>
    all.some((c) => c !== t && c.categoryMatchesMap?.[t.tokenTypeIdx as number] === true);
  return all.filter((t) => !covered(t)).map((t) => t.name);
}
function indexesOf(types: Iterable<TokenType>): Set<number> {
  const indexes = new Set<number>();
  for (const type of types) {
    indexes.add(type.tokenTypeIdx as number);
    for (const index of type.categoryMatches ?? []) indexes.add(index);
  }
  return indexes;
}
function definitionOf(production: IProduction | undefined): readonly IProduction[] {
  return (production as Repetition).definition;
}
function choicesOf(rule: Rule): (Alternation | Option | Repetition)[] {
  const result: (Alternation | Option | Repetition)[] = [];
  const walk = (definition: readonly IProduction[]): void => {
    for (const production of definition) {
      if (production instanceof NonTerminal || production instanceof Terminal) continue;
      if (CHOICE_KINDS.some((k) => production instanceof k)) result.push(production as Repetition);
      walk(definitionOf(production));
    }
  };
  walk(rule.definition);
  return result;
}
