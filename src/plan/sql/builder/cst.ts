import type { CstElement, CstNode, IToken } from 'chevrotain';
import { internalError } from '../../../errors/index.js';

export type { CstNode, IToken } from 'chevrotain';

const NONE: readonly never[] = [];

/** The sub-nodes under a name (rule name or label), in text order. */
export function nodes(parent: CstNode, name: string): readonly CstNode[] {
  return (parent.children[name] as readonly CstNode[] | undefined) ?? NONE;
}
/** The first sub-node under a name. */
export function node(parent: CstNode, name: string): CstNode | undefined {
  return parent.children[name]?.[0] as CstNode | undefined;
}
/** The first sub-node under a name, which the grammar promises. */
export function need(parent: CstNode, name: string): CstNode {
  const found = node(parent, name);
  if (found === undefined) throw internalError(`grammar rule ${parent.name} promised ${name}`);
  return found;
}
/** The tokens under a name (token type or label), in text order. */
export function tokens(parent: CstNode, name: string): readonly IToken[] {
  return (parent.children[name] as readonly IToken[] | undefined) ?? NONE;
}
export function token(parent: CstNode, name: string): IToken | undefined {
  return parent.children[name]?.[0] as IToken | undefined;
}
export function needToken(parent: CstNode, name: string): IToken {
  const found = token(parent, name);
  if (found === undefined) throw internalError(`grammar rule ${parent.name} promised token ${name}`);
  return found;
}
/** Whether a keyword or sub-node is there. */
export function has(parent: CstNode, name: string): boolean {
  return parent.children[name] !== undefined;
}
/** Upper-case text of the keyword under a label. */
export function keyword(parent: CstNode, label: string): string | undefined {
  return token(parent, label)?.tokenType.name;
}

/** Offsets of a piece of text, both inclusive. */
export interface Span {
  readonly start: number;
  readonly stop: number;
}
export function spanOf(element: CstElement): Span {
  if ('image' in element) return { start: element.startOffset, stop: element.endOffset ?? element.startOffset };
  const { location } = element;
  const start = location?.startOffset ?? Number.NaN;
  return { start, stop: location?.endOffset ?? start };
}
