import { NO_ORIGIN, type Origin } from '../errors/index.js';

/** An immutable tree. A node's constructor arguments are its content: `args()` lists them in order, and a changed copy is
 * made by calling the constructor again. Unchanged subtrees stay `===`. Spark: `TreeNode`. */
export abstract class TreeNode<T extends TreeNode<T>> {
  abstract readonly kind: string;
  /** Constructor arguments, in order. */
  abstract args(): readonly unknown[];
  abstract get children(): readonly T[];
  abstract withNewChildren(children: readonly T[]): T;
  /** Whether both trees are of the same content, where that is defined; by default, whether they are the same. */
  equals(other: TreeNode<T>): boolean {
    return this === other;
  }

  /** Where in the SQL text this came from; set once by the AST builder and carried over to copies. */
  origin: Origin = NO_ORIGIN;

  withOrigin(origin: Origin): this {
    if (this.origin === NO_ORIGIN && origin !== NO_ORIGIN) this.origin = origin;
    return this;
  }
  /** As `withOrigin`, for what was made along with this node too. */
  spreadOrigin(origin: Origin): this {
    return this.withOrigin(origin);
  }

  /** A copy from other constructor arguments; `this` if none differs. */
  protected rebuild(args: readonly unknown[]): this {
    const mine = this.args();
    return args.every((a, i) => a === mine[i]) ? this : this.remade(args);
  }
  /** A copy from other constructor arguments. */
  protected remade(args: readonly unknown[]): this {
    const make = this.constructor as new (...values: readonly unknown[]) => this;
    return this.copyState(new make(...args));
  }

  /** Carries over what is not a constructor argument. */
  protected copyState(copy: this): this {
    copy.origin = this.origin;
    return copy;
  }

  mapChildren(f: (child: T) => T): T {
    const children = this.children;
    // Most rules change few nodes: nothing is copied until a child differs.
    let next: T[] | undefined;
    for (let i = 0; i < children.length; i++) {
      const c = children[i] as T;
      const n = f(c);
      if (n !== c) next ??= children.slice(0, i);
      next?.push(n);
    }
    return next ? this.withNewChildren(next) : (this as unknown as T);
  }

  /** Applies `f` to this node, then to the children of the result. */
  transformDown(f: (node: T) => T): T {
    const next = f(this as unknown as T);
    if (next !== (this as unknown as T)) next.spreadOrigin(this.origin);
    return next.mapChildren((c) => c.transformDown(f));
  }

  /** Applies `f` to the children, then to this node. */
  transformUp(f: (node: T) => T): T {
    const mapped = this.mapChildren((c) => c.transformUp(f));
    const next = f(mapped);
    if (next !== mapped) next.spreadOrigin(this.origin);
    return next;
  }

  foreach(f: (node: T) => void): void {
    f(this as unknown as T);
    for (const c of this.children) c.foreach(f);
  }

  exists(f: (node: T) => boolean): boolean {
    if (f(this as unknown as T)) return true;
    return this.children.some((c) => c.exists(f));
  }

  find(f: (node: T) => boolean): T | undefined {
    if (f(this as unknown as T)) return this as unknown as T;
    for (const c of this.children) {
      const hit = c.find(f);
      if (hit) return hit;
    }
    return undefined;
  }

  collect<R>(f: (node: T) => R | undefined): R[] {
    const out: R[] = [];
    this.foreach((n) => {
      const r = f(n);
      if (r !== undefined) out.push(r);
    });
    return out;
  }
}

/** Maps an argument: values themselves, and the elements of (nested) arrays. Unchanged arrays stay `===`. */
export function mapArg(arg: unknown, f: (value: unknown) => unknown): unknown {
  if (!Array.isArray(arg)) return f(arg);
  let changed = false;
  const next = arg.map((a) => {
    const n = mapArg(a, f);
    if (n !== a) changed = true;
    return n;
  });
  return changed ? next : arg;
}

/** Lists the values in an argument, arrays flattened. */
export function flattenArg(arg: unknown, out: unknown[]): void {
  if (Array.isArray(arg)) for (const a of arg) flattenArg(a, out);
  else out.push(arg);
}

/** Adds the arguments of a class to `out`, those in (nested) arrays too. */
export function collectInstances<T>(
  args: readonly unknown[],
  type: abstract new (...values: never[]) => T,
  out: T[],
): T[] {
  for (const a of args) {
    if (a instanceof type) out.push(a);
    else if (Array.isArray(a)) collectInstances(a, type, out);
  }
  return out;
}

/** An injective text of a constructor argument; nodes give their own `key`. Equal keys mean equal trees. */
export function argKey(arg: unknown): string {
  switch (typeof arg) {
    case 'string':
      return JSON.stringify(arg);
    case 'number':
      return Object.is(arg, -0) ? '-0' : String(arg);
    case 'bigint':
      return `${arg}n`;
    case 'undefined':
      return '_';
    case 'object': {
      if (arg === null) return 'null';
      if (Array.isArray(arg)) return `[${arg.map(argKey).join(',')}]`;
      if (arg instanceof Uint8Array) return `x${Buffer.from(arg).toString('hex')}`;
      const keyed = arg as { key?: string };
      if (typeof keyed.key === 'string') return keyed.key;
      return `{${Object.entries(arg)
        .map(([k, v]) => `${JSON.stringify(k)}:${argKey(v)}`)
        .join(',')}}`;
    }
    default:
      return String(arg);
  }
}

/** Whether two constructor arguments have equal keys; of plans no text is made. */
export function equalArgs(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalArgs(item, b[i]));
  if (a instanceof TreeNode && b instanceof TreeNode) return a.equals(b);
  return argKey(a) === argKey(b);
}

const typeKeys = new WeakMap<object, string>();

/** `argKey` of a type's SQL text, made once for each type. */
export function typeKey(type: { readonly sql: string }): string {
  let key = typeKeys.get(type);
  if (key === undefined) typeKeys.set(type, (key = JSON.stringify(type.sql)));
  return key;
}

/** Draws a tree the way Spark's `treeString` does: `+-`, `:-` and the inner children (subqueries) above the children. */
export interface DrawnNode {
  readonly lines: string;
  readonly children: readonly DrawnNode[];
  readonly inner: readonly DrawnNode[];
}

export function drawTree(root: DrawnNode): string {
  const out: string[] = [];
  draw(root, 0, [], '', out);
  return out.join('');
}

function draw(node: DrawnNode, depth: number, lastChildren: readonly boolean[], prefix: string, out: string[]): void {
  let head = '';
  if (depth > 0) {
    for (const isLast of lastChildren.slice(0, -1)) head += isLast ? '   ' : ':  ';
    head += lastChildren.at(-1) ? '+- ' : ':- ';
  }
  const pad = `${prefix}${head}`;
  const [first = '', ...more] = node.lines.split('\n');
  out.push(`${pad}${first}\n`);
  for (const line of more) out.push(`${line}\n`);
  node.inner.forEach((n, i) => {
    draw(n, depth + 2, [...lastChildren, node.children.length === 0, i === node.inner.length - 1], prefix, out);
  });
  node.children.forEach((n, i) => {
    draw(n, depth + 1, [...lastChildren, i === node.children.length - 1], prefix, out);
  });
}

/** Turns a drawn tree's text back into nodes, so that it can be drawn elsewhere. */
export function textTree(text: string): DrawnNode {
  const root: { lines: string; inner: DrawnNode[]; children: DrawnNode[]; depth: number } = {
    lines: '',
    inner: [],
    children: [],
    depth: -1,
  };
  const stack = [root];
  for (const line of text.split('\n')) {
    const match = /^((?:[: ] {2})*)(?:[:+]- )(.*)$/.exec(line);
    const depth = match ? (match[1] as string).length / 3 + 1 : 0;
    if (!match && stack.length > 1) {
      const last = stack.at(-1) as typeof root;
      last.lines += `\n${line}`;
      continue;
    }
    const node = { lines: match ? (match[2] as string) : line, inner: [], children: [], depth };
    while ((stack.at(-1) as typeof root).depth >= depth) stack.pop();
    const parent = stack.at(-1) as typeof root;
    // Inner nodes stand two levels below theirs.
    (depth > parent.depth + 1 ? parent.inner : parent.children).push(node);
    stack.push(node);
  }
  return root.children[0] ?? root;
}
