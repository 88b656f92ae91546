import type { AttributeReference } from '../expressions/named.js';
import type { Attributes, LogicalPlan } from '../logical/logical-plan.js';
import { LeafNode } from '../logical/logical-plan.js';
import { type Join, type Project, SubqueryAlias } from '../logical/operators.js';

const QUALIFIED_ACCESS_ONLY = '__qualified_access_only';

export function qualifiedAccessOnly(a: AttributeReference): boolean {
  return a.metadata[QUALIFIED_ACCESS_ONLY] === true;
}
/** May be reached as `t.a` only: the join column that USING hid. Spark: `markAsQualifiedAccessOnly`. */
export function markQualifiedAccessOnly(a: AttributeReference): AttributeReference {
  return a.withMetadata({ ...a.metadata, [QUALIFIED_ACCESS_ONLY]: true });
}
export function allowAnyAccess(a: AttributeReference): AttributeReference {
  if (!qualifiedAccessOnly(a)) return a;
  const { [QUALIFIED_ACCESS_ONLY]: _, ...rest } = a.metadata;
  return a.withMetadata(rest);
}

/** Columns that names may reach though they are not output: those that USING and NATURAL hide. Spark: `metadataOutput`. */
export function metadataOutput(plan: LogicalPlan): Attributes {
  switch (plan.kind) {
    case 'Project':
      return plan.hiddenOutput ?? metadataOutput((plan as Project).child);
    case 'SubqueryAlias': {
      const { child, identifier } = plan as SubqueryAlias;
      if (!(child instanceof LeafNode) && !(child instanceof SubqueryAlias)) return [];
      return metadataOutput(child)
        .filter((a) => !qualifiedAccessOnly(a))
        .map((a) => a.withQualifier(identifier));
    }
    case 'Join': {
      const { left, joinType } = plan as Join;
      const leftOnly =
        joinType.kind === 'LeftSemi' || joinType.kind === 'LeftAnti' || joinType.kind === 'ExistenceJoin';
      return leftOnly ? metadataOutput(left) : plan.children.flatMap(metadataOutput);
    }
    case 'Aggregate':
    case 'Expand':
    case 'Union':
    case 'Intersect':
    case 'Except':
    case 'View':
    case 'Pivot':
    case 'Unpivot':
      return [];
    default:
      return plan.children.flatMap(metadataOutput);
  }
}
