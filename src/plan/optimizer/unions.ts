import { Alias, AttributeReference, type NamedExpression, toAttribute } from '../expressions/named.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Distinct, Project, Union } from '../logical/operators.js';
import { attributeMapping, replaceAttributes } from './substitute.js';
import { downRule } from './tree-rules.js';

/** Union(Union(a, b), c) → Union(a, b, c), also under DISTINCT. Spark: `CombineUnions`. */
export const CombineUnions = downRule('CombineUnions', (p) => {
  if (p instanceof Union) return flatten(p, false);
  if (p instanceof Distinct && p.child instanceof Union) {
    const child = flatten(p.child, true);
    return child === p.child ? p : new Distinct(child);
  }
  return p;
});

function flatten(union: Union, distinct: boolean): Union {
  if (union.byName || union.inputs.length === 0) return union;
  const inputs: LogicalPlan[] = [];
  let changed = false;
  const add = (p: LogicalPlan): void => {
    const inner = distinct && p instanceof Distinct ? p.child : p;
    if (inner instanceof Union && !inner.byName) {
      changed = true;
      inner.inputs.forEach(add);
    } else if (
      p instanceof Project &&
      p.child instanceof Union &&
      p.projectList.every((e) => e.deterministic) &&
      isPlain(p)
    ) {
      changed = true;
      for (const c of pushProject(p, p.child)) add(c);
    } else inputs.push(p);
  };
  union.inputs.forEach(add);
  return changed ? new Union(inputs, union.byName, union.allowMissingCol) : union;
}

function isPlain(p: Project): boolean {
  return p.projectList.every(
    (e) => e instanceof AttributeReference || (e instanceof Alias && e.child instanceof AttributeReference),
  );
}

/** The projection over each input of the union; the first keeps the ids. */
function pushProject(project: Project, union: Union): LogicalPlan[] {
  const { output } = union;
  return union.inputs.map((c, i) => {
    const map = attributeMapping(output, c.output);
    const list = project.projectList.map((e) => {
      const moved = replaceAttributes(e, map);
      if (i === 0) {
        if (moved instanceof Alias) return moved;
        const wanted = toAttribute(e as NamedExpression);
        const got = moved as AttributeReference;
        return got.exprId === wanted.exprId ? got : new Alias(got, wanted.name, wanted.exprId);
      }
      return moved instanceof Alias ? moved.newInstance() : moved;
    });
    return new Project(list, c);
  });
}

/** Project(Union(…)) → Union(Project(…), …). Refuses what is not deterministic. Spark: `PushProjectionThroughUnion`. */
export const PushProjectionThroughUnion = downRule('PushProjectionThroughUnion', (p) => {
  if (!(p instanceof Project) || !(p.child instanceof Union) || p.child.byName || p.child.inputs.length === 0) return p;
  if (!p.projectList.every((e) => e.deterministic)) return p;
  return new Union(pushProject(p, p.child), p.child.byName, p.child.allowMissingCol);
});
