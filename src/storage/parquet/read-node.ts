import type { DataType, StructType } from '../../types/index.js';
import type { SchemaNode } from './format.js';

/** How a wanted column is put together from leaves of a file: the wanted type matched against the file's schema. Plain data.
 * Levels: a value with definition level ≥ `def` is present at this node. */
export type ReadNode =
  | {
      readonly kind: 'leaf';
      readonly leaf: number;
      readonly node: SchemaNode;
      readonly type: DataType;
      readonly def: number;
    }
  | {
      readonly kind: 'struct';
      readonly type: DataType;
      readonly def: number;
      /** By wanted field; null: the file lacks it. */
      readonly children: readonly (ReadNode | null)[];
      /** The leaf that tells whether the struct is there. */
      readonly probe: number;
    }
  | {
      readonly kind: 'list';
      readonly type: DataType;
      readonly def: number;
      /** Repetition level that continues the list; definition level of an existing element slot. */
      readonly rep: number;
      readonly slotDef: number;
      readonly probe: number;
      readonly element: ReadNode;
    }
  | {
      readonly kind: 'map';
      readonly type: DataType;
      readonly def: number;
      readonly rep: number;
      readonly slotDef: number;
      readonly probe: number;
      readonly key: ReadNode;
      readonly value: ReadNode;
    };

/** The file's type and the wanted type differ in a way that Spark does not convert. */
export class TypeMismatch extends RangeError {
  constructor(
    readonly node: SchemaNode,
    readonly wanted: DataType,
  ) {
    super(`column ${node.name}: ${node.physical ?? 'group'} as ${wanted.kind}`);
  }
}

/** Child of a group by name. */
export function findChild(group: SchemaNode, name: string, caseSensitive: boolean): SchemaNode | undefined {
  const exact = group.children.find((c) => c.name === name);
  if (exact || caseSensitive) return exact;
  const lower = name.toLowerCase();
  return group.children.find((c) => c.name.toLowerCase() === lower);
}

/** Matches a wanted type against a schema node.
 * @throws TypeMismatch */
export function matchType(node: SchemaNode, type: DataType, caseSensitive: boolean): ReadNode {
  // A repeated node outside LIST and MAP is a list of required elements.
  if (node.repetition === 'repeated') {
    if (type.kind !== 'array') throw new TypeMismatch(node, type);
    const element = matchPresent(node, type.elementType, caseSensitive);
    return {
      kind: 'list',
      type,
      def: node.maxDef - 1,
      rep: node.maxRep,
      slotDef: node.maxDef,
      probe: firstLeaf(element),
      element,
    };
  }
  return matchPresent(node, type, caseSensitive);
}

/** As `matchType`, for the value at a node whose repetition is dealt with. */
function matchPresent(node: SchemaNode, type: DataType, caseSensitive: boolean): ReadNode {
  if (node.physical) {
    if (type.kind === 'array' || type.kind === 'map' || type.kind === 'struct') throw new TypeMismatch(node, type);
    return { kind: 'leaf', leaf: node.leaf, node, type, def: node.maxDef };
  }
  switch (type.kind) {
    case 'struct':
      if (node.annotation) throw new TypeMismatch(node, type);
      return matchStruct(node, type, caseSensitive);
    case 'array': {
      const repeated = node.children[0];
      if (node.annotation?.kind !== 'list' || repeated?.repetition !== 'repeated') throw new TypeMismatch(node, type);
      const element = isElement(repeated, node.name)
        ? matchPresent(repeated, type.elementType, caseSensitive)
        : matchType(repeated.children[0] as SchemaNode, type.elementType, caseSensitive);
      return {
        kind: 'list',
        type,
        def: node.maxDef,
        rep: repeated.maxRep,
        slotDef: repeated.maxDef,
        probe: firstLeaf(element),
        element,
      };
    }
    case 'map': {
      const entry = node.children[0];
      const isMap = node.annotation?.kind === 'map' || node.annotation?.kind === 'mapKeyValue';
      const [keyNode, valueNode] = entry?.children ?? [];
      if (!isMap || entry?.repetition !== 'repeated' || !keyNode || !valueNode) throw new TypeMismatch(node, type);
      const key = matchType(keyNode, type.keyType, caseSensitive);
      const value = matchType(valueNode, type.valueType, caseSensitive);
      return {
        kind: 'map',
        type,
        def: node.maxDef,
        rep: entry.maxRep,
        slotDef: entry.maxDef,
        probe: firstLeaf(key),
        key,
        value,
      };
    }
    default:
      throw new TypeMismatch(node, type);
  }
}

function matchStruct(node: SchemaNode, type: StructType, caseSensitive: boolean): ReadNode {
  const children = type.fields.map((field) => {
    const child = findChild(node, field.name, caseSensitive);
    return child ? matchType(child, field.dataType, caseSensitive) : null;
  });
  const present = children.find((c) => c !== null);
  const probe = present ? firstLeaf(present) : leafOf(node);
  return { kind: 'struct', type, def: node.maxDef, children, probe };
}

/** Whether a list's repeated node is the element itself (two-level lists). Spark: `ParquetToSparkSchemaConverter.isElementType`. */
export function isElement(repeated: SchemaNode, parentName: string): boolean {
  return (
    repeated.physical !== undefined ||
    repeated.children.length > 1 ||
    repeated.name === 'array' ||
    repeated.name === `${parentName}_tuple`
  );
}

function leafOf(node: SchemaNode): number {
  for (let at: SchemaNode | undefined = node; at; at = at.children[0]) if (at.leaf >= 0) return at.leaf;
  throw new TypeMismatch(node, { kind: 'struct' } as DataType);
}

function firstLeaf(node: ReadNode): number {
  return node.kind === 'leaf' ? node.leaf : node.probe;
}

/** All leaves that a column reads, ascending. */
export function leavesOf(node: ReadNode): number[] {
  const found = new Set<number>();
  const visit = (n: ReadNode): void => {
    if (n.kind === 'leaf') found.add(n.leaf);
    else {
      found.add(n.probe);
      if (n.kind === 'list') visit(n.element);
      else if (n.kind === 'map') {
        visit(n.key);
        visit(n.value);
      } else for (const c of n.children) if (c) visit(c);
    }
  };
  visit(node);
  return [...found].sort((a, b) => a - b);
}
