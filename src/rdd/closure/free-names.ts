import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';

/** What the text of a function tells about the world that it needs. */
export interface FunctionText {
  /** Names that are used and declared nowhere inside, in the order of their first use. */
  readonly free: readonly string[];
  /** The text as an expression, with `import(…)` as a call of `__import`. */
  readonly expression: string;
  /** Says `import.meta`, which a function that travels does not have. */
  readonly importMeta: boolean;
}

type Node = Acorn.Node & Record<string, unknown>;

interface Scope {
  readonly names: Set<string>;
  readonly parent: Scope | undefined;
}

let acorn: typeof Acorn | undefined;

/** @returns undefined where the text is no function */
export function readFunctionText(source: string): FunctionText | undefined {
  // Loaded when a function is first shipped: most processes ship none.
  acorn ??= createRequire(import.meta.url)('acorn') as typeof Acorn;
  for (const [prefix, suffix] of [
    ['(', ')'],
    // A method's own text: `name(x) { … }`.
    ['Object.values({', '})[0]'],
    ['Object.values({ async ', '})[0]'],
  ] as const) {
    let program: Acorn.Program;
    const text = prefix + source + suffix;
    try {
      program = acorn.parse(text, { ecmaVersion: 'latest', sourceType: 'script', allowAwaitOutsideFunction: false });
    } catch {
      continue;
    }
    const reader = new Reader();
    const root: Scope = { names: new Set(prefix === '(' ? [] : ['Object']), parent: undefined };
    reader.visit(program as unknown as Node, root);
    let expression = text;
    for (const at of reader.imports.sort((a, b) => b - a))
      expression = `${expression.slice(0, at)}__import${expression.slice(at + 'import'.length)}`;
    return { free: [...reader.free], expression, importMeta: reader.importMeta };
  }
  return undefined;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Names are declared before the body of their scope is read, since functions and `var` are hoisted. */
class Reader {
  readonly free = new Set<string>();
  readonly imports: number[] = [];
  importMeta = false;

  visit(node: Node, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        this.use(node['name'] as string, scope);
        return;
      case 'MemberExpression':
        this.child(node['object'], scope);
        if (node['computed'] === true) this.child(node['property'], scope);
        return;
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node['computed'] === true) this.child(node['key'], scope);
        this.child(node['value'], scope);
        return;
      case 'LabeledStatement':
        this.child(node['body'], scope);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      case 'MetaProperty':
        if ((node['meta'] as Node)['name'] === 'import') this.importMeta = true;
        return;
      case 'ImportExpression':
        this.imports.push(node.start);
        break;
      case 'UnaryExpression':
        // `typeof name` may ask for what is not there.
        if (node['operator'] === 'typeof' && (node['argument'] as Node).type === 'Identifier') return;
        break;
      case 'ClassExpression':
      case 'ClassDeclaration': {
        const inner: Scope = { names: new Set(), parent: scope };
        if (node['id']) declare(node['id'] as Node, inner.names);
        this.child(node['superClass'], inner);
        this.child(node['body'], inner);
        return;
      }
      case 'CatchClause': {
        const inner: Scope = { names: new Set(), parent: scope };
        if (node['param']) {
          declare(node['param'] as Node, inner.names);
          this.pattern(node['param'] as Node, inner);
        }
        this.child(node['body'], inner);
        return;
      }
      case 'VariableDeclarator':
        this.pattern(node['id'] as Node, scope);
        this.child(node['init'], scope);
        return;
      case 'BlockStatement':
      case 'StaticBlock':
      case 'Program':
      case 'SwitchStatement':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement': {
        const inner: Scope = { names: new Set(), parent: scope };
        for (const statement of statementsOf(node)) declareLexical(statement, inner.names);
        this.children(node, inner);
        return;
      }
      default:
        if (FUNCTIONS.has(node.type)) {
          this.fn(node, scope);
          return;
        }
    }
    this.children(node, scope);
  }

  private fn(node: Node, scope: Scope): void {
    const inner: Scope = { names: new Set(), parent: scope };
    if (node.type === 'FunctionExpression' && node['id']) declare(node['id'] as Node, inner.names);
    if (node.type !== 'ArrowFunctionExpression') inner.names.add('arguments');
    for (const parameter of node['params'] as Node[]) declare(parameter, inner.names);
    declareVars(node['body'] as Node, inner.names);
    for (const parameter of node['params'] as Node[]) this.pattern(parameter, inner);
    this.child(node['body'], inner);
  }

  /** Reads what a pattern computes: defaults and computed keys. */
  private pattern(node: Node, scope: Scope): void {
    switch (node.type) {
      case 'AssignmentPattern':
        this.pattern(node['left'] as Node, scope);
        this.child(node['right'], scope);
        return;
      case 'ArrayPattern':
        for (const e of node['elements'] as (Node | null)[]) if (e) this.pattern(e, scope);
        return;
      case 'ObjectPattern':
        for (const p of node['properties'] as Node[]) {
          if (p.type === 'RestElement') this.pattern(p, scope);
          else {
            if (p['computed'] === true) this.child(p['key'], scope);
            this.pattern(p['value'] as Node, scope);
          }
        }
        return;
      case 'RestElement':
        this.pattern(node['argument'] as Node, scope);
        return;
      default:
        if (node.type !== 'Identifier') this.visit(node, scope);
    }
  }

  private use(name: string, scope: Scope): void {
    for (let s: Scope | undefined = scope; s; s = s.parent) if (s.names.has(name)) return;
    this.free.add(name);
  }

  private child(value: unknown, scope: Scope): void {
    if (isNode(value)) this.visit(value, scope);
  }

  private children(node: Node, scope: Scope): void {
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) for (const v of value) this.child(v, scope);
      else this.child(value, scope);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** Adds the names that a pattern binds. */
function declare(pattern: Node, names: Set<string>): void {
  switch (pattern.type) {
    case 'Identifier':
      names.add(pattern['name'] as string);
      return;
    case 'ArrayPattern':
      for (const e of pattern['elements'] as (Node | null)[]) if (e) declare(e, names);
      return;
    case 'ObjectPattern':
      for (const p of pattern['properties'] as Node[])
        declare((p.type === 'RestElement' ? p['argument'] : p['value']) as Node, names);
      return;
    case 'AssignmentPattern':
      declare(pattern['left'] as Node, names);
      return;
    case 'RestElement':
      declare(pattern['argument'] as Node, names);
  }
}

function statementsOf(node: Node): Node[] {
  if (node.type === 'SwitchStatement') return (node['cases'] as Node[]).flatMap((c) => c['consequent'] as Node[]);
  const head = node['init'] ?? node['left'];
  if (node.type.startsWith('For')) return isNode(head) ? [head] : [];
  return node['body'] as Node[];
}

/** `let`, `const`, classes and functions of one block. */
function declareLexical(statement: Node, names: Set<string>): void {
  if (statement.type === 'VariableDeclaration')
    for (const d of statement['declarations'] as Node[]) declare(d['id'] as Node, names);
  else if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration')
    declare(statement['id'] as Node, names);
}

/** `var` anywhere in a function, but not in functions inside it. */
function declareVars(node: Node, names: Set<string>): void {
  if (FUNCTIONS.has(node.type)) return;
  if (node.type === 'VariableDeclaration' && node['kind'] === 'var')
    for (const d of node['declarations'] as Node[]) declare(d['id'] as Node, names);
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const v of value) if (isNode(v)) declareVars(v, names);
    } else if (isNode(value)) declareVars(value, names);
  }
}
