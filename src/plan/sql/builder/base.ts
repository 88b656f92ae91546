import { type Origin, parseError } from '../../../errors/index.js';
import type { EvalMode } from '../../../eval/function.js';
import type { Zone } from '../../../types/index.js';
import type { Expression } from '../../expressions/expression.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { RESERVED_KEYWORDS } from '../keyword-list.js';
import { type CstNode, type IToken, need, needToken, node, nodes, type Span, spanOf, tokens } from './cst.js';
import { originOf } from './origin.js';
import { nameText } from './text.js';

/** What parsing needs of the session. */
export interface BuildContext {
  readonly mode: EvalMode;
  readonly zone: Zone;
  /** TIMESTAMP means TIMESTAMP_NTZ. */
  readonly timestampNtz: boolean;
  /** INTERVAL literals are calendar intervals. */
  readonly legacyIntervals: boolean;
  /** Reserved keywords cannot be names. */
  readonly reserved: boolean;
  /** Back-quoted names in select lists are regular expressions over column names. */
  readonly regexColumns: boolean;
  readonly caseSensitive: boolean;
  /** Backslashes in strings stay. */
  readonly rawStrings: boolean;
  /** `!` stands for NOT within predicates. */
  readonly bangEqualsNot: boolean;
  /** The name that IDENTIFIER(expression) spells. */
  readonly nameOf?: ((e: Expression) => string) | undefined;
  /** What stands for a parameter marker: `:name`, or the n-th `?`, counted from 0. */
  readonly parameterOf?: ((marker: string | number) => Expression | undefined) | undefined;
}

/** What the builders share: the text, names, origins. One builder serves one text. */
export abstract class BuilderBase {
  constructor(
    readonly sql: string,
    protected readonly context: BuildContext,
  ) {}

  abstract query(tree: CstNode): LogicalPlan;
  abstract expression(tree: CstNode): Expression;

  protected origin(at: CstNode | IToken | Span): Origin {
    return originOf(this.sql, 'start' in at ? at : spanOf(at));
  }
  /** Marks a node with its place, unless an inner rule did. */
  protected at<T extends Expression | LogicalPlan>(made: T, tree: CstNode | IToken | Span): T {
    made.spreadOrigin(this.origin(tree));
    return made;
  }
  /** The text of a tree as written. */
  protected source(tree: CstNode): string {
    const { start, stop } = spanOf(tree);
    return this.sql.slice(start, stop + 1);
  }

  /** A name as written, back-ticks off.
   * @throws INVALID_IDENTIFIER for characters that need back-ticks */
  protected name(token: IToken): string {
    const { image } = token;
    const quoted = image[0] === '`' || image[0] === '"';
    if (!quoted && this.context.reserved && RESERVED_KEYWORDS.has(image.toUpperCase()))
      throw parseError('PARSE_SYNTAX_ERROR', { error: `'${image}'`, hint: '' }, this.origin(token));
    if (!quoted && !/^[A-Za-z0-9_]+$/.test(image)) {
      throw parseError('INVALID_IDENTIFIER', { ident: image }, this.origin(token));
    }
    return nameText(image);
  }
  protected names(parent: CstNode, label: string): string[] {
    return tokens(parent, label).map((t) => this.name(t));
  }
  /** @throws INVALID_IDENTIFIER for `test-table` */
  protected multipart(tree: CstNode): string[] {
    if (tokens(tree, 'dashed').length > 0) {
      throw parseError('INVALID_IDENTIFIER', { ident: this.source(tree) }, this.origin(tree));
    }
    return this.names(tree, 'Word');
  }
  protected identifierList(tree: CstNode): string[] {
    return this.names(tree, 'Word');
  }
  /** `identifierList` under `parent`, if written. */
  protected columnAliases(parent: CstNode): string[] | undefined {
    const list = node(parent, 'identifierList');
    return list === undefined ? undefined : this.identifierList(list);
  }
  protected neededName(parent: CstNode, label: string): string {
    return this.name(needToken(parent, label));
  }
  protected expressions(parent: CstNode, label = 'expression'): Expression[] {
    return nodes(parent, label).map((e) => this.expression(e));
  }
  protected neededExpression(parent: CstNode, label = 'expression'): Expression {
    return this.expression(need(parent, label));
  }
}
