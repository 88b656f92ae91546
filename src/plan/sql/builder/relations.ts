import { parseError, unsupported } from '../../../errors/index.js';
import { formatDouble } from '../../../types/index.js';
import { Coalesce } from '../../expressions/conditional.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { Alias } from '../../expressions/named.js';
import { NullCheck } from '../../expressions/predicates.js';
import { LateralSubquery } from '../../expressions/subquery.js';
import { UnresolvedAttribute } from '../../expressions/unresolved.js';
import * as Joins from '../../logical/join-type.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Filter, Join, LateralJoin, limitPlan, Sample, SubqueryAlias } from '../../logical/operators.js';
import {
  Pivot,
  Unpivot,
  UnresolvedGenerate,
  UnresolvedInlineTable,
  UnresolvedRelation,
  UnresolvedSubqueryColumnAliases,
  UnresolvedTableValuedFunction,
} from '../../logical/unresolved.js';
import { type CstNode, has, keyword, need, needToken, node, nodes, spanOf, token, tokens } from './cst.js';
import { rowValues } from './expressions.js';
import { FunctionBuilder } from './functions.js';
import { refuse } from './numbers.js';
import { builtin } from './operators.js';
import { quoteId, quoteStatement, unescapeString } from './text.js';

/** What Spark calls a subquery in FROM without an alias. */
const AUTO_SUBQUERY_NAME = '__auto_generated_subquery_name';

const JOIN_TYPES: Readonly<Record<string, Joins.JoinType>> = {
  INNER: Joins.INNER,
  CROSS: Joins.CROSS,
  FULL: Joins.FULL_OUTER,
  SEMI: Joins.LEFT_SEMI,
  ANTI: Joins.LEFT_ANTI,
  RIGHT: Joins.RIGHT_OUTER,
};

/** FROM: relations, joins, aliases, samples, pivots. Spark: the relation half of `AstBuilder`. */
export abstract class RelationBuilder extends FunctionBuilder {
  /** Name parts of a table. */
  protected identifierReference(tree: CstNode): string[] {
    const expression = node(tree, 'expression');
    if (expression !== undefined) return this.identifierClause(this.expression(expression));
    return this.multipart(need(tree, 'multipartIdentifier'));
  }
  protected unresolvedRelation(tree: CstNode, options: Readonly<Record<string, string>> = {}): UnresolvedRelation {
    return this.at(new UnresolvedRelation(this.identifierReference(tree), options), tree);
  }

  protected override relationOf(tree: CstNode): LogicalPlan {
    return this.unresolvedRelation(tree);
  }

  /** Comma is an inner join without condition; joins after a comma apply to all before it (Spark's default precedence). */
  fromClause(tree: CstNode): LogicalPlan {
    let plan: LogicalPlan | undefined;
    for (const relation of nodes(tree, 'relation')) {
      const primary = need(relation, 'relationPrimary');
      const right = this.relationPrimary(primary);
      if (plan === undefined) plan = right;
      else if (has(relation, 'LATERAL')) {
        this.checkLateral(primary);
        plan = this.at(new LateralJoin(plan, new LateralSubquery(right), Joins.INNER, undefined), tree);
      } else plan = this.at(new Join(plan, right, Joins.INNER, undefined), tree);
      plan = this.withExtensions(plan, relation);
    }
    const result = plan as LogicalPlan;
    const views = nodes(tree, 'lateralView');
    const pivot = node(tree, 'pivotClause');
    const unpivot = node(tree, 'unpivotClause');
    if (pivot !== undefined) {
      if (unpivot !== undefined) throw parseError('NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT', {}, this.origin(tree));
      if (views.length > 0) throw parseError('NOT_ALLOWED_IN_FROM.LATERAL_WITH_PIVOT', {}, this.origin(tree));
      return this.pivot(pivot, result);
    }
    if (unpivot !== undefined) {
      if (views.length > 0) throw parseError('NOT_ALLOWED_IN_FROM.LATERAL_WITH_UNPIVOT', {}, this.origin(tree));
      return this.unpivot(unpivot, result);
    }
    return this.withLateralViews(result, views);
  }

  protected relation(tree: CstNode): LogicalPlan {
    return this.withExtensions(this.relationPrimary(need(tree, 'relationPrimary')), tree);
  }

  private withExtensions(base: LogicalPlan, relation: CstNode): LogicalPlan {
    return nodes(relation, 'relationExtension').reduce((left, extension) => {
      const join = node(extension, 'joinRelation');
      if (join !== undefined) return this.join(join, left);
      const pivot = node(extension, 'pivotClause');
      return pivot !== undefined ? this.pivot(pivot, left) : this.unpivot(need(extension, 'unpivotClause'), left);
    }, base);
  }

  private checkLateral(primary: CstNode): void {
    if (has(primary, 'aliasedQuery') || has(primary, 'functionTable')) return;
    throw parseError('INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC', {}, this.origin(primary));
  }

  join(tree: CstNode, left: LogicalPlan): LogicalPlan {
    const origin = this.origin(tree);
    const type = node(tree, 'joinType');
    const kind = type === undefined ? undefined : keyword(type, 'kind');
    const base =
      kind !== undefined
        ? (JOIN_TYPES[kind] ?? Joins.INNER)
        : type !== undefined && has(type, 'left')
          ? Joins.LEFT_OUTER
          : Joins.INNER;
    const lateral = has(tree, 'LATERAL');
    const primary = need(tree, 'relationPrimary');
    if (lateral) this.checkLateral(primary);
    const criteria = node(tree, 'joinCriteria');
    let joinType = base;
    let condition: Expression | undefined;
    if (criteria !== undefined && has(criteria, 'USING')) {
      if (lateral) throw parseError('UNSUPPORTED_FEATURE.LATERAL_JOIN_USING', {}, origin);
      joinType = { kind: 'UsingJoin', type: base, columns: this.identifierList(need(criteria, 'identifierList')) };
    } else if (criteria !== undefined) condition = this.neededExpression(criteria);
    else if (has(tree, 'NATURAL')) {
      const other = lateral ? 'LATERAL' : base.kind === 'Cross' ? 'Cross' : undefined;
      if (other !== undefined) {
        const [joinType1, joinType2] = lateral ? ['LATERAL', 'NATURAL'] : ['NATURAL', 'CROSS'];
        throw parseError(
          'INCOMPATIBLE_JOIN_TYPES',
          { joinType1: joinType1 as string, joinType2: joinType2 as string },
          origin,
        );
      }
      joinType = { kind: 'NaturalJoin', type: base };
    }
    const right = this.relationPrimary(primary);
    if (!lateral) return this.at(new Join(left, right, joinType, condition), tree);
    if (joinType.kind !== 'Inner' && joinType.kind !== 'Cross' && joinType.kind !== 'LeftOuter') {
      const text = joinType.kind.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();
      throw parseError('INVALID_LATERAL_JOIN_TYPE', { joinType: quoteStatement(text) }, origin);
    }
    return this.at(new LateralJoin(left, new LateralSubquery(right), joinType, condition), tree);
  }

  protected relationPrimary(tree: CstNode): LogicalPlan {
    const [rule] = Object.keys(tree.children);
    const inner = tree.children[rule as string]?.[0] as CstNode;
    switch (rule) {
      case 'aliasedQuery': {
        const plan = this.sampled(inner, this.query(need(inner, 'query')));
        if (!has(need(inner, 'tableAlias'), 'alias'))
          return this.at(new SubqueryAlias([AUTO_SUBQUERY_NAME], plan), inner);
        return this.aliased(inner, plan);
      }
      case 'aliasedRelation':
        return this.aliased(inner, this.sampled(inner, this.relation(need(inner, 'relation'))));
      case 'inlineTable':
        return this.inlineTable(inner);
      case 'functionTable':
        return this.functionTable(inner);
      default:
        return this.tableName(inner);
    }
  }

  /** The sample applies outside the alias. */
  private tableName(tree: CstNode): LogicalPlan {
    const temporal = node(tree, 'temporalClause');
    if (temporal !== undefined) throw unsupported('time travel', this.origin(temporal));
    const options = node(tree, 'optionsClause');
    const relation = this.unresolvedRelation(
      need(tree, 'identifierReference'),
      options === undefined ? {} : this.properties(need(options, 'propertyList')),
    );
    return this.sampled(tree, this.aliased(tree, relation));
  }

  protected aliased(parent: CstNode, plan: LogicalPlan, functionName?: string): LogicalPlan {
    const tree = need(parent, 'tableAlias');
    const alias = token(tree, 'alias');
    if (alias === undefined) return plan;
    const columns = this.columnAliases(tree);
    const renamed =
      columns === undefined ? plan : this.at(new UnresolvedSubqueryColumnAliases(columns, plan, functionName), parent);
    return this.at(new SubqueryAlias([this.name(alias)], renamed), parent);
  }

  protected inlineTable(tree: CstNode): LogicalPlan {
    const rows = this.expressions(tree).map(rowValues);
    const alias = need(tree, 'tableAlias');
    const names = this.columnAliases(alias) ?? (rows[0] as readonly Expression[]).map((_, i) => `col${i + 1}`);
    const table = this.at(new UnresolvedInlineTable(names, rows), tree);
    const name = token(alias, 'alias');
    return name === undefined ? table : this.at(new SubqueryAlias([this.name(name)], table), tree);
  }

  private functionTable(tree: CstNode): LogicalPlan {
    const nameExpression = node(tree, 'nameExpression');
    const parts =
      nameExpression === undefined
        ? this.names(tree, 'functionName')
        : this.identifierClause(this.expression(nameExpression));
    if (parts.length > 1) {
      throw parseError(
        'INVALID_SQL_SYNTAX.INVALID_TABLE_VALUED_FUNC_NAME',
        { funcName: quoteId(parts) },
        this.origin(tree),
      );
    }
    const call = this.at(new UnresolvedTableValuedFunction(parts, this.functionArguments(tree)), tree);
    return this.aliased(tree, call, quoteId(parts.map((p) => p.toLowerCase())));
  }

  protected sampled(parent: CstNode, plan: LogicalPlan): LogicalPlan {
    const tree = node(parent, 'sample');
    return tree === undefined ? plan : this.sample(tree, plan);
  }
  protected sample(tree: CstNode, plan: LogicalPlan): LogicalPlan {
    const origin = this.origin(tree);
    const numerator = token(tree, 'numerator');
    const written = token(tree, 'seed');
    const seed = written === undefined ? BigInt(Math.floor(Math.random() * 1000)) : BigInt(written.image);
    const fraction = (value: number): LogicalPlan => {
      if (!(value >= -1e-6 && value <= 1 + 1e-6)) {
        throw refuse(`Sampling fraction (${formatDouble(value)}) must be on interval [0, 1]`, origin);
      }
      return this.at(new Sample(0, value, false, seed, plan), tree);
    };
    if (numerator !== undefined) {
      const bucketColumn = node(tree, 'bucketColumn');
      if (bucketColumn !== undefined) {
        const msg = `BUCKET x OUT OF y ON ${this.source(bucketColumn).includes('(') ? 'function' : 'colname'}`;
        throw parseError('_LEGACY_ERROR_TEMP_0015', { msg }, origin);
      }
      return fraction(Number(numerator.image) / Number(needToken(tree, 'denominator').image));
    }
    const amount = node(tree, 'expression');
    if (amount === undefined) throw parseError('_LEGACY_ERROR_TEMP_0014', {}, origin);
    const unit = keyword(tree, 'unit');
    if (unit === 'ROWS') return this.at(limitPlan(this.expression(amount), plan), tree);
    const text = this.source(amount);
    if (unit === 'PERCENT') {
      const percent = Number(text.replaceAll(/\s/g, ''));
      if (Number.isNaN(percent)) throw this.syntaxErrorAt(needToken(tree, 'unit'));
      return fraction(percent / 100);
    }
    throw /^[0-9]+[bBkKmMgG]$/.test(text)
      ? parseError('_LEGACY_ERROR_TEMP_0015', { msg: 'byteLengthLiteral' }, origin)
      : parseError('_LEGACY_ERROR_TEMP_0016', { bytesStr: text }, origin);
  }

  withLateralViews(plan: LogicalPlan, views: readonly CstNode[]): LogicalPlan {
    return views.reduce<LogicalPlan>((child, view) => {
      const generator = this.dottedName(view, 'functionName');
      const operands = this.expressions(need(view, 'expressionList'));
      const qualifier = this.neededName(view, 'table').toLowerCase();
      const columns = this.names(view, 'column');
      return this.at(new UnresolvedGenerate(generator, operands, has(view, 'OUTER'), qualifier, columns, child), view);
    }, plan);
  }

  protected pivot(tree: CstNode, plan: LogicalPlan): LogicalPlan {
    const aggregates = nodes(need(tree, 'namedExpressionSeq'), 'namedExpression').map((e) => this.namedExpression(e));
    const columns = this.names(tree, 'column').map((n) => new UnresolvedAttribute([n]));
    const column = columns.length === 1 ? (columns[0] as Expression) : builtin('row', columns);
    const values = nodes(tree, 'pivotValue').map((v) => {
      const value = this.neededExpression(v);
      const alias = token(v, 'alias');
      return alias === undefined ? value : this.at(new Alias(value, this.name(alias)), v);
    });
    return this.at(new Pivot(undefined, column.withOrigin(this.origin(tree)), values, aggregates, plan), tree);
  }

  /** Rows whose value columns are all null are dropped unless INCLUDE NULLS is written. */
  protected unpivot(tree: CstNode, plan: LogicalPlan): LogicalPlan {
    const valueNames = this.names(tree, 'value');
    const sets = nodes(tree, 'unpivotColumn');
    const values = sets.map((set) =>
      nodes(set, 'multipartIdentifier').map((m) => this.at(new UnresolvedAttribute(this.multipart(m)), m)),
    );
    const multi = has(tree, 'multi');
    for (const set of sets) {
      if (has(set, 'LParen') !== multi) throw this.syntaxErrorAt(firstToken(set, multi));
    }
    const aliases = sets.map((set) => {
      const alias = token(set, 'alias');
      return alias === undefined ? undefined : this.name(alias);
    });
    const made = this.at(
      new Unpivot(
        undefined,
        values,
        aliases.some((a) => a !== undefined) ? aliases : undefined,
        this.neededName(tree, 'name'),
        valueNames,
        plan,
      ),
      tree,
    );
    const keepNulls = token(tree, 'nulls')?.tokenType.name === 'INCLUDE';
    const notNull = () => new NullCheck('IsNotNull', new Coalesce(valueNames.map((n) => new UnresolvedAttribute([n]))));
    const filtered = keepNulls ? made : this.at(new Filter(notNull(), made), tree);
    const alias = token(tree, 'alias');
    return alias === undefined ? filtered : this.at(new SubqueryAlias([this.name(alias)], filtered), tree);
  }

  /** OPTIONS and TBLPROPERTIES: keys as written, values as text. */
  protected properties(tree: CstNode): Record<string, string> {
    const result: Record<string, string> = Object.create(null);
    for (const property of nodes(tree, 'property')) {
      const key = this.propertyKey(need(property, 'propertyKey'));
      if (Object.hasOwn(result, key)) {
        throw parseError('DUPLICATE_KEY', { keyColumn: quoteId(key) }, this.origin(property));
      }
      const value = node(property, 'expression');
      result[key] = value === undefined ? '' : this.propertyValue(value);
    }
    return { ...result };
  }
  /** Where Spark's grammar has `propertyList`: values are literals, and none is left out. */
  protected givenProperties(tree: CstNode): Record<string, string> {
    const properties = nodes(tree, 'property');
    for (const property of properties) {
      const value = node(property, 'expression');
      if (value === undefined || this.expression(value) instanceof Literal) continue;
      const { start, stop } = spanOf(value);
      const error = `'${this.sql.slice(start, stop + 1)}'`;
      throw parseError('PARSE_SYNTAX_ERROR', { error, hint: '' }, this.origin(value));
    }
    const bad = properties.filter((p) => node(p, 'expression') === undefined);
    if (bad.length > 0) {
      const keys = bad.map((p) => this.propertyKey(need(p, 'propertyKey'))).join(',');
      const message = `Values must be specified for key(s): [${keys}]`;
      throw parseError('_LEGACY_ERROR_TEMP_0035', { message }, this.origin(tree));
    }
    return this.properties(tree);
  }
  protected propertyKey(tree: CstNode): string {
    const text = token(tree, 'StringLit');
    return text === undefined ? this.names(tree, 'Word').join('.') : unescapeString(text.image);
  }
  private propertyValue(tree: CstNode): string {
    const value = this.expression(tree);
    if (value instanceof UnresolvedAttribute) return value.nameParts.join('.');
    if (!(value instanceof Literal)) throw unsupported('options that are not constants', this.origin(tree));
    if (typeof value.value === 'string') return value.value;
    const text = this.source(tree);
    return typeof value.value === 'boolean' ? text.toLowerCase() : text;
  }
}

function firstToken(tree: CstNode, multi: boolean) {
  if (!multi) return needToken(tree, 'LParen');
  const name = need(tree, 'multipartIdentifier');
  return tokens(name, 'Word').find((t) => t.startOffset === spanOf(tree).start) ?? needToken(name, 'Word');
}
