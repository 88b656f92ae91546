import { parseError, unsupported } from '../../../errors/index.js';
import { CharType, type DataType, STRING, VarcharType } from '../../../types/index.js';
import { Cast } from '../../expressions/cast.js';
import { Collate } from '../../expressions/collate.js';
import { CaseWhen } from '../../expressions/conditional.js';
import type { Expression } from '../../expressions/expression.js';
import { LambdaFunction, UnresolvedNamedLambdaVariable } from '../../expressions/lambda.js';
import { Literal } from '../../expressions/literal.js';
import { Alias, MultiAlias, SortOrder } from '../../expressions/named.js';
import { And, Comparison, In, Not, NullCheck, Or } from '../../expressions/predicates.js';
import { Exists, InSubquery, ListQuery, ScalarSubquery } from '../../expressions/subquery.js';
import {
  ParameterMarker,
  UnresolvedAttribute,
  UnresolvedExtractValue,
  UnresolvedFunction,
  UnresolvedRegex,
  UnresolvedStar,
} from '../../expressions/unresolved.js';
import * as T from '../tokens.js';
import { BuilderBase } from './base.js';
import {
  type CstNode,
  has,
  type IToken,
  keyword,
  need,
  needToken,
  node,
  nodes,
  type Span,
  spanOf,
  token,
  tokens,
} from './cst.js';
import { buildDataType } from './data-types.js';
import { intervalLiteral } from './intervals.js';
import { typedLiteral } from './literals.js';
import { numberLiteral, refuse } from './numbers.js';
import { binary, builtin, precedence } from './operators.js';
import { quoteValue, unescapeString } from './text.js';

/** Expressions from trees. Spark: the expression half of `AstBuilder`. */
export abstract class ExpressionBuilder extends BuilderBase {
  /** A call with arguments. Defined in `functions.ts`. */
  protected abstract functionCall(tree: CstNode): Expression;

  /** AND binds tighter than OR; a run of one operator becomes a balanced tree, as in Spark. */
  expression(tree: CstNode): Expression {
    const leaf = token(tree, 'leaf');
    if (leaf !== undefined) return this.leaf(leaf);
    const operands = nodes(tree, 'operand');
    if (operands.length === 1) return this.notExpression(operands[0] as CstNode);
    const operators = tokens(tree, 'operator');
    const disjuncts: CstNode[][] = [[operands[0] as CstNode]];
    operators.forEach((operator, i) => {
      const operand = operands[i + 1] as CstNode;
      if (operator.tokenType.name === 'OR') disjuncts.push([operand]);
      else disjuncts.at(-1)?.push(operand);
    });
    const parts = disjuncts.map((group) => {
      const span = { start: spanOf(group[0] as CstNode).start, stop: spanOf(group.at(-1) as CstNode).stop };
      return this.balanced(
        group.map((g) => this.notExpression(g)),
        span,
        (l, r) => new And(l, r),
      );
    });
    return this.balanced(parts, spanOf(tree), (l, r) => new Or(l, r));
  }

  private balanced(parts: readonly Expression[], span: Span, combine: (l: Expression, r: Expression) => Expression) {
    const reduce = (low: number, high: number): Expression => {
      if (low === high) return parts[low] as Expression;
      const mid = high - low === 1 ? low : low + ((high - low) >> 1);
      return this.at(combine(reduce(low, mid), reduce(mid + 1, high)), span);
    };
    return reduce(0, parts.length - 1);
  }

  private notExpression(tree: CstNode): Expression {
    const inner = node(tree, 'notExpression');
    if (inner !== undefined) return this.at(new Not(this.notExpression(inner)), tree);
    const query = node(tree, 'query');
    if (query !== undefined) return this.at(new Exists(this.query(query)), tree);
    const value = this.valueExpression(need(tree, 'valueExpression'));
    const predicate = node(tree, 'predicate');
    return predicate === undefined ? value : this.withPredicate(value, predicate);
  }

  protected valueExpression(tree: CstNode): Expression {
    const operands = nodes(tree, 'operand');
    if (operands.length === 1) return this.unary(operands[0] as CstNode);
    const operators = tokens(tree, 'operator');
    let next = 0;
    const climb = (min: number): { e: Expression; span: Span } => {
      const first = operands[next] as CstNode;
      let left = { e: this.unary(first), span: spanOf(first) };
      for (let op = operators[next]; op !== undefined && precedence(op) >= min; op = operators[next]) {
        next++;
        const right = climb(precedence(op) + 1);
        const span = { start: left.span.start, stop: right.span.stop };
        left = { e: this.at(binary(op, left.e, right.e, this.context.mode), span), span };
      }
      return left;
    };
    return climb(0).e;
  }

  /** A name or constant of one token. */
  private leaf(found: IToken): Expression {
    const type = found.tokenType;
    if (type === T.Identifier || type === T.BackQuoted) return this.at(this.columnOf([], found), found);
    if (type === T.SingleQuoted || type === T.DoubleQuoted || type === T.RawString) {
      return this.at(Literal.string(this.stringText(found)), found);
    }
    const origin = this.origin(found);
    return numberLiteral(found.image, origin).withOrigin(origin);
  }

  /** A column by name, or by a pattern for names where the session allows it. */
  private columnOf(qualifier: readonly string[], found: IToken): Expression {
    const name = this.name(found);
    const isPattern = this.context.regexColumns && this.inSelectItem > 0 && found.image[0] === '`';
    if (isPattern && qualifier.length <= 1 && !/^\w*$/.test(name))
      return new UnresolvedRegex(name, qualifier[0], this.context.caseSensitive);
    return new UnresolvedAttribute([...qualifier, name]);
  }
  /** How many select items are being read. */
  private inSelectItem = 0;

  private stringText(found: IToken): string {
    return this.context.rawStrings ? found.image.replace(/^[rR]/, '').slice(1, -1) : unescapeString(found.image);
  }

  private unary(tree: CstNode): Expression {
    const leaf = token(tree, 'leaf');
    if (leaf !== undefined) return this.leaf(leaf);
    const inner = node(tree, 'unaryExpression');
    if (inner === undefined) return this.primary(need(tree, 'primaryExpression'));
    const operand = this.unary(inner);
    const operator = needToken(tree, 'operator').tokenType.name;
    const name = operator === 'Minus' ? 'negative' : operator === 'Plus' ? 'positive' : '~';
    return this.at(builtin(name, [operand]), tree);
  }

  primary(tree: CstNode): Expression {
    const base = need(tree, 'primaryBase');
    let result = this.primaryBase(base);
    const start = spanOf(tree).start;
    for (const postfix of nodes(tree, 'postfix')) {
      // IDENTIFIER('t').c is a field of the column t.
      const isColumn = !(has(base, 'functionCall') && postfix === nodes(tree, 'postfix')[0]);
      result = this.at(this.postfix(result, postfix, isColumn), { start, stop: spanOf(postfix).stop });
    }
    return result;
  }

  private postfix(base: Expression, tree: CstNode, isColumn: boolean): Expression {
    if (has(tree, 'Asterisk')) {
      if (!(base instanceof UnresolvedAttribute)) throw this.syntaxErrorAt(needToken(tree, 'Asterisk'));
      return new UnresolvedStar(base.nameParts, this.exceptColumns(tree));
    }
    const field = token(tree, 'Word');
    if (field !== undefined) {
      const name = this.name(field);
      if (isColumn && base instanceof UnresolvedAttribute) return this.columnOf(base.nameParts, field);
      return new UnresolvedExtractValue(base, Literal.string(name));
    }
    const index = node(tree, 'valueExpression');
    if (index !== undefined) return new UnresolvedExtractValue(base, this.valueExpression(index));
    const type = node(tree, 'dataType');
    if (type !== undefined) return this.cast(base, type, false);
    return this.collate(base, this.multipart(need(tree, 'multipartIdentifier')), tree);
  }
  private collate(base: Expression, name: readonly string[], tree: CstNode): Expression {
    const collation = name.join('.').toUpperCase();
    if (collation === 'UTF8_BINARY' || collation === 'UTF8_LCASE') return new Collate(base, collation);
    throw unsupported(`COLLATE ${collation}`, this.origin(tree));
  }
  private exceptColumns(parent: CstNode): string[][] {
    const clause = node(parent, 'exceptClause');
    return clause === undefined ? [] : nodes(clause, 'multipartIdentifier').map((m) => this.multipart(m));
  }
  protected syntaxErrorAt(found: IToken) {
    return parseError('PARSE_SYNTAX_ERROR', { error: `'${found.image}'`, hint: '' }, this.origin(found));
  }

  private primaryBase(tree: CstNode): Expression {
    const [rule] = Object.keys(tree.children);
    const inner = tree.children[rule as string]?.[0] as CstNode;
    switch (rule) {
      case 'Word':
        return this.at(new UnresolvedAttribute([this.neededName(tree, 'Word')]), tree);
      case 'constant':
        return this.constant(inner);
      case 'functionCall':
        return this.functionCall(inner);
      case 'parenthesized':
        return this.parenthesized(inner);
      case 'scalarSubquery':
        return this.at(new ScalarSubquery(this.query(need(inner, 'query'))), tree);
      case 'Asterisk':
        return this.at(new UnresolvedStar(undefined, this.exceptColumns(tree)), tree);
      case 'castExpression':
        return this.at(this.cast(this.neededExpression(inner), need(inner, 'dataType'), has(inner, 'TRY_CAST')), tree);
      case 'caseExpression':
        return this.at(this.caseExpression(inner), tree);
      case 'interval':
        return this.at(intervalLiteral(inner, this.sql, this.context.legacyIntervals), tree);
      case 'typeConstructor': {
        const text = unescapeString(needToken(inner, 'StringLit').image);
        const type = needToken(inner, 'Word').image;
        return this.at(typedLiteral(type, text, this.context, this.sql, this.origin(inner)), tree);
      }
      case 'lambda':
        return this.at(this.lambda(inner), tree);
      case 'structExpression':
        return this.at(
          builtin(
            'struct',
            nodes(inner, 'namedExpression').map((e) => this.namedExpression(e)),
          ),
          tree,
        );
      default:
        return this.at(this.specialCall(inner), tree);
    }
  }

  /** Calls with a syntax of their own become calls of the function that they stand for. */
  private specialCall(tree: CstNode): Expression {
    const values = nodes(tree, 'valueExpression').map((v) => this.valueExpression(v));
    switch (tree.name) {
      case 'positionCall':
        return builtin('locate', values);
      case 'extractCall':
        return new UnresolvedFunction(['extract'], [Literal.string(this.neededName(tree, 'field')), ...values]);
      case 'substringCall':
        return builtin('substring', values);
      case 'overlayCall':
        return builtin('overlay', values);
      default: {
        const side = keyword(tree, 'side') ?? 'BOTH';
        const characters = node(tree, 'characters');
        const source = this.valueExpression(need(tree, 'source'));
        const name = side === 'BOTH' ? 'trim' : side === 'LEADING' ? 'ltrim' : 'rtrim';
        return builtin(name, characters === undefined ? [source] : [this.valueExpression(characters), source]);
      }
    }
  }

  /** CHAR and VARCHAR become STRING here, as in Spark's casts. */
  private cast(child: Expression, type: CstNode, tries: boolean): Expression {
    const target = withoutLengths(buildDataType(type, this.sql, this.context.timestampNtz));
    return new Cast(child, target, tries ? 'TRY' : this.context.mode, undefined, true);
  }

  private caseExpression(tree: CstNode): Expression {
    const value = node(tree, 'value');
    const subject = value === undefined ? undefined : this.expression(value);
    const whens = nodes(tree, 'condition').map((c) => {
      const condition = this.expression(c);
      return subject === undefined ? condition : this.at(new Comparison('EqualTo', subject, condition), tree);
    });
    const otherwise = node(tree, 'otherwise');
    return new CaseWhen(
      whens,
      this.expressions(tree, 'result'),
      otherwise === undefined ? undefined : this.expression(otherwise),
    );
  }

  private lambda(tree: CstNode): Expression {
    const parameters = this.names(tree, 'Word').map((n) => new UnresolvedNamedLambdaVariable([n]));
    const body = this.neededExpression(tree).transformUp((e) =>
      e instanceof UnresolvedAttribute ? new UnresolvedNamedLambdaVariable(e.nameParts) : e,
    );
    return new LambdaFunction(body, parameters);
  }

  private parenthesized(tree: CstNode): Expression {
    const items = nodes(tree, 'namedExpression');
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      const alias = token(only, 'alias') ?? token(only, 'AS');
      if (alias !== undefined) throw this.syntaxErrorAt(alias);
      return this.neededExpression(only);
    }
    return this.at(
      builtin(
        'row',
        items.map((e) => this.namedExpression(e)),
      ),
      tree,
    );
  }

  constant(tree: CstNode): Expression {
    const strings = tokens(tree, 'StringLit');
    if (strings.length > 0) {
      return this.at(Literal.string(strings.map((s) => this.stringText(s)).join('')), tree);
    }
    const number = token(tree, 'NumberLit');
    if (number !== undefined) {
      const text = has(tree, 'Minus') ? `-${number.image}` : number.image;
      return this.at(numberLiteral(text, this.origin(tree)), tree);
    }
    if (has(tree, 'Question')) return this.parameter(needToken(tree, 'Question').startOffset, tree);
    if (has(tree, 'Colon')) return this.parameter(this.neededName(tree, 'Word'), tree);
    // New objects: the shared ones must not carry the place of one query.
    if (has(tree, 'NULL')) return this.at(new Literal(null, Literal.NULL.dataType), tree);
    return this.at(new Literal(has(tree, 'TRUE'), Literal.TRUE.dataType), tree);
  }

  private parameter(marker: string | number, tree: CstNode): Expression {
    return this.context.parameterOf?.(marker) ?? this.at(new ParameterMarker(marker), tree);
  }

  namedExpression(tree: CstNode): Expression {
    this.inSelectItem++;
    const child = this.neededExpression(tree);
    this.inSelectItem--;
    const alias = token(tree, 'alias');
    if (alias !== undefined) return this.at(new Alias(child, this.name(alias)), tree);
    const aliases = this.columnAliases(tree);
    return aliases === undefined ? child : this.at(new MultiAlias(child, aliases), tree);
  }

  sortItem(tree: CstNode): SortOrder {
    const nulls = has(tree, 'FIRST') ? 'NULLS FIRST' : has(tree, 'LAST') ? 'NULLS LAST' : undefined;
    return this.at(new SortOrder(this.neededExpression(tree), has(tree, 'DESC') ? 'DESC' : 'ASC', nulls), tree);
  }

  /** @throws SYNTAX_DISCONTINUED.BANG_EQUALS_NOT for `a ! IN (…)` */
  private negated(tree: CstNode): boolean {
    const not = token(tree, 'not');
    if (not?.image === '!' && !this.context.bangEqualsNot) {
      throw parseError('SYNTAX_DISCONTINUED.BANG_EQUALS_NOT', { clause: '!' }, this.origin(not));
    }
    return not !== undefined;
  }

  /** Spark: `AstBuilder.withPredicate`. */
  private withPredicate(value: Expression, tree: CstNode): Expression {
    const negated = this.negated(tree);
    // The place of a predicate is its own clause, without the value before it.
    const at = <E extends Expression>(e: E): E => this.at(e, tree);
    const invert = (e: Expression): Expression => (negated ? at(new Not(at(e))) : at(e));
    const values = nodes(tree, 'valueExpression').map((v) => this.valueExpression(v));
    switch (keyword(tree, 'kind')) {
      case 'BETWEEN':
        return invert(new UnresolvedFunction(['between'], [value, ...values]));
      case 'IN': {
        const query = node(tree, 'query');
        if (query !== undefined) return invert(new InSubquery(rowValues(value), at(new ListQuery(this.query(query)))));
        const list = this.expressions(need(tree, 'expressionList'));
        if (list.length === 0) throw this.syntaxErrorAt(needToken(need(tree, 'expressionList'), 'RParen'));
        return invert(new In(value, list));
      }
      case 'RLIKE':
        return invert(builtin('rlike', [value, ...values]));
      case 'LIKE':
      case 'ILIKE':
        return this.like(value, values, tree, negated, invert);
      case 'NULL':
        return at(new NullCheck(negated ? 'IsNotNull' : 'IsNull', value));
      case 'TRUE':
      case 'FALSE':
        return invert(
          new Comparison(
            'EqualNullSafe',
            value,
            keyword(tree, 'kind') === 'TRUE'
              ? new Literal(true, Literal.TRUE.dataType)
              : new Literal(false, Literal.TRUE.dataType),
          ),
        );
      case 'UNKNOWN': {
        // The cast makes the analyzer refuse what is not boolean. Spark: `IsUnknown`.
        const check = new NullCheck(negated ? 'IsNotNull' : 'IsNull', value);
        return at(check);
      }
      default: {
        const equal = at(new Comparison('EqualNullSafe', value, values[0] as Expression));
        return negated ? equal : at(new Not(equal));
      }
    }
  }

  private like(
    value: Expression,
    values: readonly Expression[],
    tree: CstNode,
    negated: boolean,
    invert: (e: Expression) => Expression,
  ): Expression {
    const name = keyword(tree, 'kind') === 'ILIKE' ? 'ilike' : 'like';
    const quantifier = keyword(tree, 'quantifier');
    if (quantifier === undefined) {
      const escapeToken = token(tree, 'escape');
      if (escapeToken === undefined) return invert(builtin(name, [value, ...values]));
      const text = unescapeString(escapeToken.image);
      if (text.length !== 1) throw parseError('INVALID_ESC', { invalidEscape: quoteValue(text) }, this.origin(tree));
      return invert(builtin(name, [value, ...values, Literal.string(text)]));
    }
    const patterns = this.expressions(need(tree, 'expressionList'));
    if (patterns.length === 0) throw refuse("Expected something between '(' and ')'.", this.origin(tree));
    const any = quantifier !== 'ALL';
    if (patterns.every((p) => p instanceof Literal && p.dataType === STRING)) {
      const lowered = name === 'ilike';
      const subject = lowered ? builtin('lower', [value]) : value;
      const list = lowered ? patterns.map((p) => Literal.string(String((p as Literal).value).toLowerCase())) : patterns;
      return this.at(builtin(`${negated ? 'not' : ''}like${any ? 'any' : 'all'}`, [subject, ...list]), tree);
    }
    const parts = patterns.map((p) => invert(builtin(name, [value, p])));
    return parts.reduce((l, r) => this.at(any ? new Or(l, r) : new And(l, r), tree));
  }
}

/** The values of a row constructor; one value otherwise. Spark: `getValueExpressions`. */
export function rowValues(e: Expression): readonly Expression[] {
  const isRow = e instanceof UnresolvedFunction && e.isInternal && ROWS.has(e.nameParts[0] ?? '');
  return isRow ? e.operands : [e];
}

/** `(a, b)` and `struct(a, b)`. */
const ROWS: ReadonlySet<string> = new Set(['row', 'struct']);

function withoutLengths(type: DataType): DataType {
  if (type instanceof CharType || type instanceof VarcharType) return STRING;
  return type;
}
