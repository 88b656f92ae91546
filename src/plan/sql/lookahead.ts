import {
  Alternation,
  type ILookaheadStrategy,
  type ILookaheadValidationError,
  type IOrAlt,
  type IProduction,
  type LookaheadProductionType,
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

/** What chevrotain's look-ahead functions see as `this`. */
interface Looker {
  LA(howMuch: number): { readonly tokenTypeIdx: number };
}
type Alternatives = IOrAlt<unknown>[];

/** First tokens of a piece of grammar: `has[tokenTypeIdx]`, and whether the piece may be empty. */
interface First {
  readonly has: boolean[];
  nullable: boolean;
}

/** LL(1) look-ahead whose tables are made when a choice is first reached: a statement pays only for the rules it uses.
 * Overlapping alternatives: the first whose gate is open wins. */
export class LazyFirstStrategy implements ILookaheadStrategy {
  private readonly rules = new Map<Rule, First>();

  /** Overlaps between alternatives of which the earlier one has no gate: the later one could never win there. */
  validate(options: { rules: Rule[]; tokenTypes: TokenType[]; grammarName: string }): ILookaheadValidationError[] {
    const names = new Map(options.tokenTypes.map((t) => [t.tokenTypeIdx as number, t.name]));
    const errors: ILookaheadValidationError[] = [];
    for (const rule of options.rules) {
      for (const or of alternationsOf(rule)) {
        if ((or as { ignoreAmbiguities?: boolean }).ignoreAmbiguities === true) continue;
        const taken: boolean[] = [];
        or.definition.forEach((alternative, index) => {
          const first = this.sequence(definitionOf(alternative));
          const clash = first.has.findIndex((yes, i) => yes && taken[i] === true);
          if (clash !== -1) {
            errors.push({
              message: `${rule.name} OR${or.idx} alternative ${index + 1} overlaps at ${names.get(clash) ?? clash}`,
              ruleName: rule.name,
            });
          }
          first.has.forEach((yes, i) => {
            if (yes) taken[i] = true;
          });
        });
      }
    }
    return errors;
  }

  buildLookaheadForAlternation(options: {
    prodOccurrence: number;
    rule: Rule;
    hasPredicates: boolean;
  }): (this: never, orAlts?: Alternatives) => number | undefined {
    let firsts: First[] | undefined;
    const load = (): First[] => {
      const or = find(options.rule.definition, Alternation, options.prodOccurrence) as Alternation;
      return or.definition.map((alternative) => this.sequence(definitionOf(alternative)));
    };
    if (options.hasPredicates) {
      return function (this: Looker, orAlts?: Alternatives): number | undefined {
        firsts ??= load();
        const next = this.LA(1).tokenTypeIdx;
        for (let i = 0; i < firsts.length; i++) {
          const first = firsts[i] as First;
          if (first.has[next] !== true && !first.nullable) continue;
          const gate = orAlts?.[i]?.GATE;
          if (gate === undefined || gate.call(this) !== false) return i;
        }
        return undefined;
      } as never;
    }
    let choice: (number | undefined)[] | undefined;
    return function (this: Looker): number | undefined {
      if (choice === undefined) {
        const table: (number | undefined)[] = [];
        load().forEach((first, i) => {
          first.has.forEach((yes, type) => {
            if (yes) table[type] ??= i;
          });
        });
        choice = table;
      }
      return choice[this.LA(1).tokenTypeIdx];
    } as never;
  }

  buildLookaheadForOptional(options: {
    prodOccurrence: number;
    prodType: LookaheadProductionType;
    rule: Rule;
  }): (this: never) => boolean {
    let has: boolean[] | undefined;
    const load = (): boolean[] => {
      const production = find(options.rule.definition, optionalTypes[options.prodType], options.prodOccurrence);
      return this.sequence(definitionOf(production)).has;
    };
    return function (this: Looker): boolean {
      has ??= load();
      return has[this.LA(1).tokenTypeIdx] === true;
    } as never;
  }

  private sequence(definition: readonly IProduction[]): First {
    const result: First = { has: [], nullable: true };
    for (const production of definition) {
      const first = this.first(production);
      first.has.forEach((yes, i) => {
        if (yes) result.has[i] = true;
      });
      if (!first.nullable) {
        result.nullable = false;
        break;
      }
    }
    return result;
  }

  private first(production: IProduction): First {
    if (production instanceof Terminal) {
      const type = production.terminalType;
      const has: boolean[] = [];
      has[type.tokenTypeIdx as number] = true;
      for (const index of type.categoryMatches ?? []) has[index] = true;
      return { has, nullable: false };
    }
    if (production instanceof NonTerminal) return this.rule(production.referencedRule);
    if (production instanceof Alternation) {
      const result: First = { has: [], nullable: false };
      for (const alternative of production.definition) {
        const first = this.sequence(definitionOf(alternative));
        first.has.forEach((yes, i) => {
          if (yes) result.has[i] = true;
        });
        if (first.nullable) result.nullable = true;
      }
      return result;
    }
    const inner = this.sequence(definitionOf(production));
    const mandatory =
      production instanceof RepetitionMandatory || production instanceof RepetitionMandatoryWithSeparator;
    return mandatory ? inner : { has: inner.has, nullable: true };
  }

  private rule(rule: Rule): First {
    let first = this.rules.get(rule);
    if (first === undefined) {
      first = this.sequence(rule.definition);
      this.rules.set(rule, first);
    }
    return first;
  }
}

const optionalTypes: Readonly<Record<LookaheadProductionType, new (...args: never[]) => IProduction>> = {
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Alternation,
};

function definitionOf(production: IProduction | undefined): readonly IProduction[] {
  return (production as Repetition).definition;
}
function inside(production: IProduction): readonly IProduction[] {
  if (production instanceof NonTerminal || production instanceof Terminal) return [];
  return definitionOf(production);
}
function find(
  definition: readonly IProduction[],
  type: new (...args: never[]) => IProduction,
  index: number,
): IProduction | undefined {
  for (const production of definition) {
    if (production instanceof type && (production as Repetition).idx === index) return production;
    const found = find(inside(production), type, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
function alternationsOf(rule: Rule): Alternation[] {
  const result: Alternation[] = [];
  const walk = (definition: readonly IProduction[]): void => {
    for (const production of definition) {
      if (production instanceof Alternation) result.push(production);
      walk(inside(production));
    }
  };
  walk(rule.definition);
  return result;
}
