import { parseError, unsupported } from '../../../errors/index.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { TableArgument } from '../../expressions/subquery.js';
import {
  NamedArgumentExpression,
  ParameterMarker,
  UnresolvedAttribute,
  UnresolvedFunction,
  UnresolvedStar,
} from '../../expressions/unresolved.js';
import {
  FrameBoundary,
  SpecifiedWindowFrame,
  UnresolvedWindowExpression,
  UnspecifiedFrame,
  WindowExpression,
  WindowSpecDefinition,
} from '../../expressions/window.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { type CstNode, has, need, needToken, node, nodes, token, tokens } from './cst.js';
import { ExpressionBuilder } from './expressions.js';
import { refuse } from './numbers.js';
import { builtin } from './operators.js';
import { quoteId, quoteValue } from './text.js';

const ADD_CALLS = new Set(['timestampadd', 'dateadd', 'date_add']);
const DIFF_CALLS = new Set(['timestampdiff', 'datediff', 'date_diff', 'timediff']);
const UNITS = new Set('YEAR QUARTER MONTH WEEK DAY DAYOFYEAR HOUR MINUTE SECOND MILLISECOND MICROSECOND'.split(' '));

/** Function calls and windows. Spark: `AstBuilder.visitFunctionCall`, `visitWindowDef`. */
export abstract class FunctionBuilder extends ExpressionBuilder {
  protected functionCall(tree: CstNode): Expression {
    const nameExpression = node(tree, 'nameExpression');
    const parts =
      nameExpression === undefined ? this.names(tree, 'Word') : this.identifierClause(this.expression(nameExpression));
    const plain = !has(tree, 'setQuantifier') && !has(tree, 'where') && !has(tree, 'nulls') && !has(tree, 'windowSpec');
    const operands = this.functionArguments(tree);
    const special = plain && parts.length === 1 ? this.specialFunction(parts[0] as string, operands, tree) : undefined;
    if (special !== undefined) return this.at(special, tree);
    const quantifier = node(tree, 'setQuantifier');
    const isDistinct = quantifier !== undefined && has(quantifier, 'DISTINCT');
    const where = node(tree, 'where');
    const ignoreNulls = has(tree, 'innerIgnore') || token(tree, 'nulls')?.tokenType.name === 'IGNORE';
    if (has(tree, 'innerIgnore') && !(operands.length === 1 && /^(?:first|last|any_value)$/i.test(parts.join('.')))) {
      throw this.syntaxErrorAt(needToken(tree, 'innerIgnore'));
    }
    const call = this.at(
      new UnresolvedFunction(
        parts,
        this.countStar(parts, operands, isDistinct),
        isDistinct,
        where === undefined ? undefined : this.expression(where),
        ignoreNulls,
        nodes(tree, 'sortItem').map((s) => this.sortItem(s)),
      ),
      tree,
    );
    const window = node(tree, 'windowSpec');
    if (window === undefined) return call;
    const reference = token(window, 'name');
    return this.at(
      reference === undefined
        ? new WindowExpression(call, this.windowDefinition(window))
        : new UnresolvedWindowExpression(call, this.name(reference)),
      tree,
    );
  }

  protected functionArguments(tree: CstNode): Expression[] {
    return nodes(tree, 'functionArgument').map((argument) => {
      const table = node(argument, 'tableArgument');
      const value = table === undefined ? this.neededExpression(argument) : this.tableArgument(table);
      const key = token(argument, 'key');
      return key === undefined ? value : this.at(new NamedArgumentExpression(this.name(key), value), argument);
    });
  }

  private tableArgument(tree: CstNode): Expression {
    if (has(tree, 'expression') || has(tree, 'sortItem') || has(tree, 'SINGLE'))
      throw unsupported('PARTITION BY of table arguments', this.origin(tree));
    const query = node(tree, 'query');
    const reference = node(tree, 'identifierReference');
    const plan = query === undefined ? this.relationOf(reference as CstNode) : this.query(query);
    return this.at(new TableArgument(plan), tree);
  }
  protected abstract relationOf(tree: CstNode): LogicalPlan;

  /** COUNT(*) is COUNT(1). */
  private countStar(parts: readonly string[], operands: Expression[], isDistinct: boolean): Expression[] {
    const [only] = operands;
    const isCount = parts.length === 1 && parts[0]?.toLowerCase() === 'count' && !isDistinct;
    if (!isCount || operands.length !== 1 || !(only instanceof UnresolvedStar)) return operands;
    if (only.target !== undefined || only.except.length > 0) return operands;
    return [Literal.int(1).withOrigin(only.origin)];
  }

  /** Calls that read their first argument as a word, and IDENTIFIER(…). */
  private specialFunction(name: string, operands: readonly Expression[], tree: CstNode): Expression | undefined {
    const lower = name.toLowerCase();
    const [first, second, third] = operands;
    const isQuoted = token(tree, 'Word')?.image[0] === '`';
    if (lower === 'identifier' && !isQuoted && first !== undefined && operands.length === 1) {
      return new UnresolvedAttribute(this.identifierClause(first));
    }
    const adds = ADD_CALLS.has(lower);
    if (!(adds || DIFF_CALLS.has(lower)) || operands.length !== 3) return undefined;
    if (first instanceof Literal && typeof first.value === 'string') {
      throw parseError(
        'INVALID_PARAMETER_VALUE.DATETIME_UNIT',
        { functionName: quoteId(name), parameter: quoteId('unit'), invalidValue: quoteValue(first.value) },
        this.origin(tree),
      );
    }
    if (!(first instanceof UnresolvedAttribute) || first.nameParts.length !== 1) return undefined;
    // Spark keeps the unit as it is written: `day` is another argument than `DAY`.
    const unit = first.nameParts[0] as string;
    if (!UNITS.has(unit.toUpperCase())) return undefined;
    return builtin(adds ? 'timestampadd' : 'timestampdiff', [
      Literal.string(unit),
      second as Expression,
      third as Expression,
    ]);
  }

  /** The name that IDENTIFIER('…') spells. */
  protected identifierClause(e: Expression): string[] {
    const text = constantText(e) ?? this.context.nameOf?.(e);
    if (text === undefined) throw unsupported('IDENTIFIER clause with anything but string literals', e.origin);
    return this.parseNameParts(text);
  }
  /** Parts of a dotted name in a string. */
  protected abstract parseNameParts(text: string): string[];

  windowDefinition(tree: CstNode): WindowSpecDefinition {
    const partition = this.expressions(tree);
    const order = nodes(tree, 'sortItem').map((s) => this.sortItem(s));
    const frame = node(tree, 'windowFrame');
    return this.at(
      new WindowSpecDefinition(partition, order, frame === undefined ? new UnspecifiedFrame() : this.frame(frame)),
      tree,
    );
  }

  private frame(tree: CstNode): SpecifiedWindowFrame {
    const bounds = nodes(tree, 'frameBound').map((b) => this.frameBound(b));
    const type = has(tree, 'RANGE') ? 'RangeFrame' : 'RowFrame';
    return new SpecifiedWindowFrame(type, bounds[0] as Expression, bounds[1] ?? FrameBoundary.CURRENT_ROW);
  }

  private frameBound(tree: CstNode): Expression {
    const preceding = has(tree, 'PRECEDING');
    if (has(tree, 'UNBOUNDED'))
      return preceding ? FrameBoundary.UNBOUNDED_PRECEDING : FrameBoundary.UNBOUNDED_FOLLOWING;
    if (has(tree, 'CURRENT')) return FrameBoundary.CURRENT_ROW;
    const value = this.neededExpression(tree);
    if (!isConstant(value)) throw refuse('Frame bound value must be a literal.', this.origin(tree));
    return preceding ? this.at(builtin('negative', [value]), tree) : value;
  }

  /** A tree with one name, e.g. a lateral view's function. */
  protected dottedName(tree: CstNode, label: string): string[] {
    const parts = this.names(tree, label);
    if (parts.length > 2) {
      const last = tokens(tree, label).at(-1);
      throw parseError(
        'INVALID_SQL_SYNTAX.UNSUPPORTED_FUNC_NAME',
        { funcName: quoteId(parts.join('.')) },
        this.origin(last ?? need(tree, label)),
      );
    }
    return parts;
  }
}

/** The text of string literals put together. */
function constantText(e: Expression): string | undefined {
  if (e instanceof Literal) return typeof e.value === 'string' ? e.value : undefined;
  if (!(e instanceof UnresolvedFunction && e.isInternal && e.name === 'concat')) return undefined;
  const parts = e.operands.map(constantText);
  return parts.includes(undefined) ? undefined : parts.join('');
}

function isConstant(e: Expression): boolean {
  if (e instanceof ParameterMarker) return true;
  if (e instanceof UnresolvedFunction) return e.isInternal && e.operands.every(isConstant);
  return e instanceof Literal || (e.children.length > 0 && e.children.every(isConstant));
}
