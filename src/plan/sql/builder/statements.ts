import { parseError, unsupported } from '../../../errors/index.js';
import { quoteIfNeeded, toSqlString } from '../../../types/index.js';
import type { Expression } from '../../expressions/expression.js';
import type { Literal } from '../../expressions/literal.js';
import * as Commands from '../../logical/commands.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { UnresolvedRelation, UnresolvedWith } from '../../logical/unresolved.js';
import { type CstNode, has, need, needToken, node, nodes, token, tokens } from './cst.js';

import { invalidStatement, operationNotAllowed } from './numbers.js';
import { RoutineBuilder } from './routines.js';
import { quoteId, quoteStatement, unescapeString } from './text.js';

/** Statements from trees. Spark: `AstBuilder` and `SparkSqlAstBuilder`. */
export abstract class StatementBuilder extends RoutineBuilder {
  statement(tree: CstNode): LogicalPlan {
    const [rule] = Object.keys(tree.children);
    const inner = tree.children[rule as string]?.[0] as CstNode;
    const made = this.dispatch(rule as string, inner);
    if (made instanceof Commands.Command) this.placed(made, inner);
    return this.at(made, tree);
  }

  private dispatch(rule: string, tree: CstNode): LogicalPlan {
    switch (rule) {
      case 'queryStatement':
        return this.queryStatement(tree);
      case 'createStatement':
        return this.createStatement(tree);
      case 'dropStatement':
        return this.dropStatement(tree);
      case 'alterStatement':
        return this.alterStatement(tree);
      case 'useStatement':
        return new Commands.UseNamespace(
          this.identifierReference(need(tree, 'identifierReference')),
          has(tree, 'namespaceWord'),
        );
      case 'commentOn':
        return this.commentOn(tree);
      case 'replaceTable':
        return this.replaceTable(tree);
      case 'explainStatement':
        return this.explain(tree);
      case 'showStatement':
        return this.show(tree);
      case 'describeStatement':
        return this.describe(tree);
      case 'refreshStatement': {
        const name = this.reference(tree);
        return has(tree, 'TABLE') ? new Commands.RefreshTable(name) : new Commands.RefreshFunction(name);
      }
      case 'declareVariable':
        return this.declareVariable(tree);
      case 'setVariable':
        return this.setVariable(tree);
      case 'executeImmediate':
        return this.executeImmediate(tree);
      case 'cacheTable':
        return this.cacheTable(tree);
      case 'uncacheTable':
        return new Commands.UncacheTable(this.reference(tree), has(tree, 'ifExists'));
      case 'clearCache':
        return new Commands.ClearCache();
      case 'truncateTable': {
        const spec = node(tree, 'partitionSpec');
        return new Commands.TruncateTable(this.reference(tree), spec === undefined ? undefined : this.partition(spec));
      }
      case 'repairTable': {
        const mode = token(tree, 'mode');
        const kind = mode?.tokenType.name ?? 'ADD';
        return new Commands.RepairTable(this.reference(tree), kind !== 'DROP', kind !== 'ADD');
      }
      default:
        return this.analyze(tree);
    }
  }

  private queryStatement(tree: CstNode): LogicalPlan {
    const insert = node(tree, 'insertInto');
    if (insert !== undefined) return this.insert(insert, this.withCtes(tree, this.query(need(tree, 'query'))));
    const several = this.severalInserts(tree);
    if (several !== undefined) return several;
    const remove = node(tree, 'deleteFrom');
    if (remove !== undefined) return this.deleteFrom(remove, has(tree, 'ctes'));
    return this.withCtes(
      tree,
      this.organized(this.queryTerm(need(tree, 'queryTerm')), need(tree, 'queryOrganization')),
    );
  }

  /** `FROM … INSERT … SELECT … INSERT … SELECT …`: common table expressions stand in each by themselves. */
  private severalInserts(tree: CstNode): LogicalPlan | undefined {
    const term = node(tree, 'queryTerm');
    const primary = term && node(term, 'queryPrimary');
    const from = primary && node(primary, 'fromStatement');
    const bodies = from === undefined ? [] : nodes(from, 'fromStatementBody');
    if (from === undefined || !bodies.some((b) => has(b, 'insertInto'))) return undefined;
    const relation = this.fromClause(need(from, 'fromClause'));
    const withs = this.withCtes(tree, relation);
    const source = withs instanceof UnresolvedWith ? inlined(withs) : relation;
    const inserts = bodies.map((body) => {
      const plan = this.select(need(body, 'selectClause'), need(body, 'selectRest'), source, body);
      const into = node(body, 'insertInto');
      if (into === undefined) throw this.syntaxErrorAt(needToken(need(body, 'selectClause'), 'SELECT'));
      return this.insert(into, this.organized(plan, need(body, 'queryOrganization')));
    });
    return inserts.length === 1 ? (inserts[0] as LogicalPlan) : new Commands.MultiInsert(inserts);
  }

  private insert(tree: CstNode, query: LogicalPlan): Commands.InsertInto {
    const origin = this.origin(tree);
    const overwrite = has(tree, 'OVERWRITE');
    if (has(tree, 'REPLACE')) throw unsupported('INSERT INTO … REPLACE WHERE', origin);
    if (has(tree, 'EXISTS') && !overwrite) throw invalidStatement('INSERT INTO ... IF NOT EXISTS', origin);
    const spec = node(tree, 'partitionSpec');
    const partition = spec === undefined ? [] : this.partitionValues(spec);
    const dynamic = partition.filter(([, value]) => value === undefined);
    if (has(tree, 'EXISTS') && dynamic.length > 0) {
      const keys = dynamic.map(([name]) => name).join(', ');
      throw operationNotAllowed(`IF NOT EXISTS with dynamic partitions: ${keys}`, origin);
    }
    const made = this.at(
      new Commands.InsertInto(
        this.reference(tree),
        this.columnAliases(tree) ?? [],
        partition,
        query,
        overwrite,
        has(tree, 'EXISTS'),
        has(tree, 'NAME'),
      ),
      tree,
    );
    return this.placed(made, tree);
  }

  private deleteFrom(tree: CstNode, withCtes: boolean): LogicalPlan {
    const alias = need(tree, 'tableAlias');
    if (has(alias, 'identifierList')) {
      throw parseError('COLUMN_ALIASES_NOT_ALLOWED', { op: quoteStatement('DELETE') }, this.origin(alias));
    }
    if (has(alias, 'alias')) throw unsupported('DELETE with a table alias', this.origin(alias));
    if (withCtes) throw unsupported('DELETE with common table expressions', this.origin(tree));
    const where = node(tree, 'whereClause');
    return this.at(
      new Commands.DeleteFrom(this.reference(tree), where === undefined ? undefined : this.neededExpression(where)),
      tree,
    );
  }

  private explain(tree: CstNode): LogicalPlan {
    const mode = token(tree, 'mode')?.tokenType.name.toLowerCase() ?? 'simple';
    if (mode === 'logical') throw invalidStatement('EXPLAIN LOGICAL', this.origin(tree));
    return new Commands.Explain(mode as Commands.ExplainMode, this.statement(need(tree, 'statement')));
  }

  private show(tree: CstNode): LogicalPlan {
    const kind = needToken(tree, 'kind').tokenType.name;
    const reference = node(tree, 'identifierReference');
    const name = reference === undefined ? undefined : this.identifierReference(reference);
    const like = node(tree, 'likePattern');
    const pattern = like === undefined ? undefined : unescapeString(needToken(like, 'pattern').image);
    switch (kind) {
      case 'TABLES':
        return new Commands.ShowCommand(has(tree, 'cached') ? 'cached tables' : 'tables', name, pattern);
      case 'VIEWS':
        return new Commands.ShowCommand('views', name, pattern);
      case 'DATABASES':
      case 'SCHEMAS':
      case 'NAMESPACES':
        return new Commands.ShowCommand('databases', name, pattern);
      case 'CATALOGS':
        if (name !== undefined) throw this.syntaxErrorAt(needToken(tree, 'kind'));
        return new Commands.ShowCommand('catalogs', undefined, pattern);
      case 'TBLPROPERTIES': {
        const key = node(tree, 'propertyKey');
        return new Commands.ShowCommand(
          'tblproperties',
          name,
          undefined,
          key === undefined ? undefined : this.propertyKey(key),
        );
      }
      case 'COLUMNS': {
        const namespace = node(tree, 'namespace');
        return new Commands.ShowCommand(
          'columns',
          name,
          undefined,
          undefined,
          undefined,
          namespace === undefined ? undefined : this.multipart(namespace),
        );
      }
      case 'PARTITIONS': {
        const spec = node(tree, 'partitionSpec');
        const partition = spec === undefined ? undefined : this.partition(spec);
        return new Commands.ShowCommand('partitions', name, undefined, undefined, partition);
      }
      case 'CREATE':
        return new Commands.ShowCommand(
          'create table',
          name,
          undefined,
          undefined,
          undefined,
          undefined,
          has(tree, 'SERDE'),
        );
      case 'FUNCTIONS':
        return this.showFunctions(tree, name);
      case 'EXTENDED': {
        const spec = node(tree, 'partitionSpec');
        const at = this.origin(needToken(need(tree, 'likePattern'), 'pattern'));
        const partition = spec === undefined ? undefined : this.partition(spec);
        return new Commands.ShowCommand('table extended', name, pattern, undefined, partition, undefined, false, at);
      }
      default:
        return new Commands.ShowCommand('current namespace', undefined, undefined);
    }
  }

  private showFunctions(tree: CstNode, namespace: string[] | undefined): LogicalPlan {
    const scope = token(tree, 'scope');
    const text = token(tree, 'pattern');
    const named = node(tree, 'function');
    if (scope !== undefined && !/^(?:all|system|user)$/i.test(scope.image)) {
      throw parseError(
        'INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE',
        { scope: quoteId(scope.image) },
        this.origin(tree),
      );
    }
    const pattern =
      text !== undefined
        ? unescapeString(text.image)
        : named === undefined
          ? undefined
          : this.multipart(named).join('.');
    return new Commands.ShowCommand('functions', namespace, pattern, scope?.image.toLowerCase());
  }

  private describe(tree: CstNode): LogicalPlan {
    const extended = has(tree, 'extended');
    const query = node(tree, 'query');
    if (query !== undefined) {
      const plan = this.query(query);
      return new Commands.DescribeCommand('query', undefined, false, plan, undefined, {}, false, this.source(query));
    }
    if (has(tree, 'kind')) {
      const operator = token(tree, 'operator');
      const image = operator?.image ?? '';
      const name =
        operator === undefined
          ? this.identifierReference(need(tree, 'function'))
          : [/['"]/.test(image) ? unescapeString(image) : image];
      return new Commands.DescribeCommand('function', name, extended, undefined);
    }
    const name = this.reference(tree);
    const json = token(tree, 'json');
    if (json !== undefined && json.image.toUpperCase() !== 'JSON') throw this.syntaxErrorAt(json);
    if (has(tree, 'namespaceWord')) return new Commands.DescribeCommand('database', name, extended, undefined);
    const spec = node(tree, 'partitionSpec');
    const column = node(tree, 'column');
    if (json !== undefined && column !== undefined) {
      throw parseError('UNSUPPORTED_FEATURE.DESC_TABLE_COLUMN_JSON', {}, this.origin(tree));
    }
    if (json !== undefined && !extended) {
      throw parseError('DESCRIBE_JSON_NOT_EXTENDED', { tableName: name.at(-1) as string }, this.origin(tree));
    }
    return new Commands.DescribeCommand(
      'table',
      name,
      extended,
      undefined,
      column === undefined ? undefined : this.multipart(column),
      spec === undefined ? {} : this.partition(spec),
      json !== undefined,
    );
  }

  private cacheTable(tree: CstNode): LogicalPlan {
    const query = node(tree, 'query');
    const options = node(tree, 'propertyList');
    const name = this.reference(tree);
    if (query !== undefined && name.length > 1) {
      throw parseError(
        '_LEGACY_ERROR_TEMP_0037',
        { quoted: name.slice(0, -1).map(quoteIfNeeded).join('.') },
        this.origin(tree),
      );
    }
    return new Commands.CacheTable(
      name,
      has(tree, 'LAZY'),
      options === undefined ? {} : this.givenProperties(options),
      query === undefined ? undefined : this.query(query),
      query === undefined ? undefined : this.source(query),
    );
  }

  private analyze(tree: CstNode): LogicalPlan {
    const spec = node(tree, 'partitionSpec');
    const partition = (spec === undefined ? [] : this.partitionValues(spec)).map(
      ([name, value]) => [name, value === undefined ? undefined : partitionText(value)] as const,
    );
    const noscan = token(tree, 'noscan');
    if (noscan !== undefined && noscan.image.toUpperCase() !== 'NOSCAN') {
      throw parseError(
        'INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN',
        { ctx: quoteStatement(noscan.image) },
        this.origin(tree),
      );
    }
    const columns = has(tree, 'ALL')
      ? 'all'
      : tokens(tree, 'column').length > 0
        ? this.names(tree, 'column')
        : undefined;
    return new Commands.AnalyzeTable(this.reference(tree), noscan !== undefined, columns, partition);
  }
}

function partitionText(value: Expression): string {
  const literal = value as Literal;
  return literal.value === null ? '__HIVE_DEFAULT_PARTITION__' : toSqlString(literal.value, literal.dataType);
}

/** Common table expressions in the place of their names. */
function inlined(withs: UnresolvedWith): LogicalPlan {
  const known = new Map<string, LogicalPlan>();
  const replace = (plan: LogicalPlan): LogicalPlan =>
    plan.transformUp((p) =>
      p instanceof UnresolvedRelation && p.nameParts.length === 1
        ? (known.get((p.nameParts[0] as string).toLowerCase()) ?? p)
        : p,
    );
  withs.names.forEach((name, i) => {
    known.set(name.toLowerCase(), replace(withs.ctes[i] as LogicalPlan));
  });
  return replace(withs.child);
}
