import { Alias, MultiAlias, type SortOrder } from '../../expressions/named.js';
import { Aggregate, Project, Window } from '../../logical/operators.js';
import { Unpivot } from '../../logical/unresolved.js';
import { trimAliases, trimNonTopLevelAliases } from '../alias-helper.js';
import { keepState, mapSame, resolveOperatorsUp, rule } from '../resolve-operators.js';

/** Aliases stay only where they name an output column. Spark: `CleanupAliases`. */
export const CleanupAliases = rule('CleanupAliases', (plan) =>
  resolveOperatorsUp(plan, (p) => {
    if (p instanceof Project) {
      const list = mapSame(p.projectList, trimNonTopLevelAliases);
      if (list === p.projectList) return p;
      const next = new Project(list, p.child);
      next.hiddenOutput = p.hiddenOutput;
      return keepState(p, next);
    }
    if (p instanceof Aggregate) {
      const groups = mapSame(p.groupingExpressions, trimAliases);
      const list = mapSame(p.aggregateExpressions, trimNonTopLevelAliases);
      return groups === p.groupingExpressions && list === p.aggregateExpressions
        ? p
        : new Aggregate(groups, list, p.child);
    }
    if (p instanceof Window) {
      const list = mapSame(p.windowExpressions, trimNonTopLevelAliases);
      const partition = mapSame(p.partitionSpec, trimAliases);
      const order = mapSame(p.orderSpec, (o) => trimAliases(o) as SortOrder);
      return list === p.windowExpressions && partition === p.partitionSpec && order === p.orderSpec
        ? p
        : new Window(list, partition, order, p.child);
    }
    if (p instanceof Unpivot) return p;
    return p.transformExpressionsDown((e) => (e instanceof Alias || e instanceof MultiAlias ? e.child : e));
  }),
);
