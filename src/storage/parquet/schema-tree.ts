import { type Annotation, PHYSICAL, type Repetition, type SchemaNode } from './format.js';

/** One element of a footer's flat, depth-first schema list. */
export interface SchemaElement {
  readonly name: string;
  readonly type: number | undefined;
  readonly typeLength: number;
  readonly repetition: number;
  readonly childCount: number;
  readonly annotation: Annotation | undefined;
}

const REPETITIONS: readonly Repetition[] = ['required', 'optional', 'repeated'];
/** Deeper schemas are taken for an attack on the stack. */
const MAX_DEPTH = 200;

/** Builds the tree and gives each node its levels.
 * @throws RangeError if the list is not a tree */
export function buildSchema(elements: readonly SchemaElement[]): { root: SchemaNode; leaves: readonly SchemaNode[] } {
  const leaves: SchemaNode[] = [];
  let next = 0;
  const build = (def: number, rep: number, depth: number): SchemaNode => {
    const element = elements[next++];
    if (!element || depth > MAX_DEPTH) throw new RangeError('schema is not a tree');
    const repetition = depth === 0 ? 'required' : REPETITIONS[element.repetition];
    if (!repetition) throw new RangeError(`unknown repetition ${element.repetition}`);
    const maxDef = def + (repetition === 'required' ? 0 : 1);
    const maxRep = rep + (repetition === 'repeated' ? 1 : 0);
    const shared = {
      name: element.name,
      repetition,
      typeLength: element.typeLength,
      ...(element.annotation && { annotation: element.annotation }),
      maxDef,
      maxRep,
    };
    if (element.type === undefined || depth === 0) {
      if (element.childCount < 0 || element.childCount > elements.length - next)
        throw new RangeError(`bad number of children: ${element.childCount}`);
      const children: SchemaNode[] = [];
      for (let i = 0; i < element.childCount; i++) children.push(build(maxDef, maxRep, depth + 1));
      return { ...shared, children, leaf: -1 };
    }
    const physical = PHYSICAL[element.type];
    if (!physical) throw new RangeError(`unknown physical type ${element.type}`);
    if (physical === 'FIXED_LEN_BYTE_ARRAY' && (element.typeLength <= 0 || element.typeLength > 1 << 24))
      throw new RangeError(`bad length of a fixed-length type: ${element.typeLength}`);
    const leaf: SchemaNode = { ...shared, physical, children: [], leaf: leaves.length };
    leaves.push(leaf);
    return leaf;
  };
  const root = build(0, 0, 0);
  if (next !== elements.length) throw new RangeError('schema has elements outside its tree');
  return { root, leaves };
}
