import { type Origin, parseError, unsupported } from '../../../errors/index.js';
import { type DataType, EMPTY_METADATA, type Metadata, StructField, StructType, quoteIfNeeded, toSqlString } from '../../../types/index.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import * as Commands from '../../logical/commands.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { type CstNode, has, need, needToken, node, nodes, spanOf, token, tokens } from './cst.js';
import { buildDataType } from './data-types.js';
import { invalidStatement, operationNotAllowed } from './numbers.js';
import { QueryBuilder } from './queries.js';
import { quoteId, quoteStatement, unescapeString } from './text.js';

/** What the clauses of CREATE TABLE say. */
interface TableClauses {
  options: Readonly<Record<string, string>>;
  properties: Readonly<Record<string, string>>;
  partitionColumns: string[];
  partitionFields: StructField[];
  location: string | undefined;
  comment: string | undefined;
}

/** Statements from trees. Spark: `AstBuilder` and `SparkSqlAstBuilder`. */
export abstract class StatementBuilder extends QueryBuilder {
  statement(tree: CstNode): LogicalPlan {
    const [rule] = Object.keys(tree.children);
    const inner = tree.children[rule as string]?.[0] as CstNode;
    return this.at(this.dispatch(rule as string, inner), tree);
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
        return new Commands.UseNamespace(this.identifierReference(need(tree, 'identifierReference')));
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
        if (mode !== undefined && mode.tokenType.name !== 'ADD') {
          throw unsupported(`MSCK REPAIR TABLE … ${mode.image.toUpperCase()} PARTITIONS`, this.origin(mode));
        }
        return new Commands.RepairTable(this.reference(tree));
      }
      default:
        return this.analyze(tree);
    }
  }

  private reference(tree: CstNode): string[] {
    return this.identifierReference(need(tree, 'identifierReference'));
  }

  private queryStatement(tree: CstNode): LogicalPlan {
    const insert = node(tree, 'insertInto');
    if (insert !== undefined) return this.insert(insert, this.withCtes(tree, this.query(need(tree, 'query'))));
    const remove = node(tree, 'deleteFrom');
    if (remove !== undefined) return this.deleteFrom(remove, has(tree, 'ctes'));
    return this.withCtes(tree, this.organized(this.queryTerm(need(tree, 'queryTerm')), need(tree, 'queryOrganization')));
  }

  private insert(tree: CstNode, query: LogicalPlan): LogicalPlan {
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
    return this.at(
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

  private partitionValues(tree: CstNode): [string, Expression | undefined][] {
    const seen = new Set<string>();
    return nodes(tree, 'partitionValue').map((value) => {
      const name = this.neededName(value, 'name');
      if (seen.has(name.toLowerCase())) {
        throw parseError('DUPLICATE_KEY', { keyColumn: quoteId(name.toLowerCase()) }, this.origin(tree));
      }
      seen.add(name.toLowerCase());
      const constant = node(value, 'primaryExpression');
      if (constant === undefined) return [name, undefined];
      if (/^default$/i.test(this.source(constant))) {
        throw parseError('REF_DEFAULT_VALUE_IS_NOT_ALLOWED_IN_PARTITION', {}, this.origin(tree));
      }
      const made = this.primary(constant);
      if (!(made instanceof Literal)) throw this.syntaxErrorAt(firstTokenOf(constant));
      return [name, made];
    });
  }
  /** A specification whose values are all given, as text. */
  private partition(tree: CstNode): Record<string, string> {
    const result: Record<string, string> = {};
    for (const [name, value] of this.partitionValues(tree)) {
      if (value === undefined) {
        throw parseError('INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE', { partKey: quoteId(name) }, this.origin(tree));
      }
      const literal = value as Literal;
      result[name] = literal.value === null ? '__HIVE_DEFAULT_PARTITION__' : toSqlString(literal.value, literal.dataType);
    }
    return result;
  }

  private createStatement(tree: CstNode): LogicalPlan {
    const replace = has(tree, 'REPLACE');
    const origin = this.origin(tree);
    const view = node(tree, 'createView');
    if (view !== undefined) return this.createView(tree, view, replace, origin);
    const table = node(tree, 'createTable');
    if (table === undefined) return this.createNamespace(need(tree, 'createNamespace'));
    if (replace) throw unsupported('CREATE OR REPLACE TABLE', origin);
    if (has(tree, 'TEMPORARY')) {
      if (has(table, 'query')) {
        throw operationNotAllowed('CREATE TEMPORARY TABLE ... AS ..., use CREATE TEMPORARY VIEW instead', origin);
      }
      throw unsupported('CREATE TEMPORARY TABLE', origin);
    }
    if (has(tree, 'EXTERNAL') && has(table, 'tableProvider')) {
      throw operationNotAllowed('CREATE EXTERNAL TABLE ... USING', origin);
    }
    return this.createTable(table);
  }

  private createView(tree: CstNode, view: CstNode, replace: boolean, origin: Origin): LogicalPlan {
    const temporary = has(tree, 'TEMPORARY');
    const global = has(tree, 'GLOBAL');
    const ifNotExists = has(view, 'ifNotExists');
    const name = this.reference(view);
    const definitions = node(view, 'columnDefinitions');
    const properties = node(view, 'properties');
    const provider = node(view, 'tableProvider');
    if (provider !== undefined) {
      const options = node(view, 'options');
      return new Commands.CreateTempViewUsing(
        name,
        definitions === undefined ? undefined : this.schema(definitions),
        replace,
        global,
        this.multipart(need(provider, 'multipartIdentifier')).join('.'),
        options === undefined ? {} : this.properties(options),
      );
    }
    if (temporary && ifNotExists) throw parseError('_LEGACY_ERROR_TEMP_0053', {}, origin);
    if (replace && ifNotExists) throw parseError('_LEGACY_ERROR_TEMP_0052', {}, origin);
    if (has(view, 'collation')) throw unsupported('CREATE VIEW … DEFAULT COLLATION', origin);
    if (has(view, 'schemaMode')) throw unsupported('CREATE VIEW … WITH SCHEMA', origin);
    if (has(view, 'PARTITIONED')) throw invalidStatement('CREATE VIEW ... PARTITIONED ON', origin);
    if (temporary && properties !== undefined) {
      throw operationNotAllowed('TBLPROPERTIES can not be used in CREATE TEMPORARY VIEW', origin);
    }
    if (temporary && name.length > 1 && !global) {
      throw parseError('TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS', { actualName: quoteId(name) }, origin);
    }
    const query = need(view, 'query');
    const comment = token(view, 'comment');
    const columns = definitions === undefined ? [] : nodes(definitions, 'columnDefinition');
    return new Commands.CreateView(
      name,
      columns.map((c) => ({ name: this.neededName(c, 'name'), comment: this.columnComment(c) })),
      this.source(query),
      this.query(query),
      temporary ? (global ? 'global temporary' : 'temporary') : 'persistent',
      replace,
      ifNotExists,
      comment === undefined ? undefined : unescapeString(comment.image),
      properties === undefined ? {} : this.properties(properties),
    );
  }

  private columnComment(column: CstNode): string | undefined {
    const option = nodes(column, 'columnOption').find((o) => has(o, 'comment'));
    return option === undefined ? undefined : unescapeString(needToken(option, 'comment').image);
  }

  schema(tree: CstNode): StructType {
    return new StructType(nodes(tree, 'columnDefinition').map((c) => this.column(c)));
  }
  private column(tree: CstNode): StructField {
    const name = this.names(tree, 'name').join('.');
    const options = nodes(tree, 'columnOption');
    for (const option of options) {
      if (has(option, 'DEFAULT') || has(option, 'GENERATED')) {
        throw unsupported(`${needToken(option, has(option, 'DEFAULT') ? 'DEFAULT' : 'GENERATED').image.toUpperCase()} columns`, this.origin(option));
      }
      if (has(option, 'FIRST') || has(option, 'AFTER')) throw unsupported('column positions', this.origin(option));
    }
    const type = node(tree, 'dataType');
    if (type === undefined) throw this.endOfColumn(tree);
    const comment = this.columnComment(tree);
    const metadata: Metadata = comment === undefined ? EMPTY_METADATA : { comment };
    const dataType: DataType = buildDataType(type, this.sql);
    return new StructField(name, dataType, !options.some((o) => has(o, 'NOT')), metadata);
  }
  /** A column without its type: the error stands where the type was expected. */
  private endOfColumn(tree: CstNode) {
    const next = this.sql.slice(spanOf(tree).stop + 1).trim()[0];
    return parseError('PARSE_SYNTAX_ERROR', { error: next === undefined ? 'end of input' : `'${next}'`, hint: '' }, this.origin(tree));
  }

  private createTable(tree: CstNode): LogicalPlan {
    const origin = this.origin(tree);
    if (has(tree, 'LIKE')) throw unsupported('CREATE TABLE LIKE', origin);
    const definitions = node(tree, 'columnDefinitions');
    const provider = node(tree, 'tableProvider');
    const clauses = this.tableClauses(tree);
    const query = node(tree, 'query');
    if (query !== undefined && (definitions !== undefined || clauses.partitionFields.length > 0)) {
      throw operationNotAllowed(
        definitions !== undefined
          ? 'Schema may not be specified in a Create Table As Select (CTAS) statement'
          : 'Partition column types may not be specified in Create Table As Select (CTAS)',
        origin,
      );
    }
    const columns = definitions === undefined ? undefined : this.schema(definitions);
    const schema =
      columns === undefined && clauses.partitionFields.length === 0
        ? undefined
        : new StructType([...(columns?.fields ?? []), ...clauses.partitionFields]);
    return new Commands.CreateTable(
      this.reference(tree),
      schema,
      provider === undefined ? undefined : this.multipart(need(provider, 'multipartIdentifier')).join('.'),
      clauses.partitionColumns,
      clauses.location,
      clauses.options,
      has(tree, 'ifNotExists'),
      false,
      query === undefined ? undefined : this.query(query),
      clauses.comment,
      clauses.properties,
    );
  }

  private tableClauses(tree: CstNode): TableClauses {
    const result: TableClauses = {
      options: {},
      properties: {},
      partitionColumns: [],
      partitionFields: [],
      location: undefined,
      comment: undefined,
    };
    const seen = new Set<string>();
    for (const clause of nodes(tree, 'createTableClause')) {
      const kind = needToken(clause, 'kind').tokenType.name;
      if (seen.has(kind)) {
        const clauseName = kind === 'PARTITIONED' ? 'PARTITIONED BY' : kind;
        throw parseError('DUPLICATE_CLAUSES', { clauseName }, this.origin(clause));
      }
      seen.add(kind);
      const text = token(clause, 'StringLit');
      if (kind === 'OPTIONS') result.options = this.properties(need(clause, 'propertyList'));
      else if (kind === 'TBLPROPERTIES') result.properties = this.properties(need(clause, 'propertyList'));
      else if (kind === 'LOCATION' && text !== undefined) result.location = unescapeString(text.image);
      else if (kind === 'COMMENT' && text !== undefined) result.comment = unescapeString(text.image);
      else if (kind === 'PARTITIONED') this.partitionFields(clause, result);
      else throw unsupported(kind === 'CLUSTERED' ? 'bucketed tables' : `${kind} in CREATE TABLE`, this.origin(clause));
    }
    return result;
  }
  private partitionFields(clause: CstNode, into: TableClauses): void {
    for (const field of nodes(clause, 'partitionField')) {
      const definition = node(field, 'columnDefinition');
      if (definition !== undefined) {
        const column = this.column(definition);
        into.partitionFields.push(column);
        into.partitionColumns.push(column.name);
        continue;
      }
      const source = this.source(field);
      if (!/^(?:[A-Za-z0-9_]+|`(?:[^`]|``)*`)$/.test(source)) {
        throw unsupported('partition transforms', this.origin(field));
      }
      into.partitionColumns.push(source.startsWith('`') ? source.slice(1, -1).replaceAll('``', '`') : source);
    }
  }

  private createNamespace(tree: CstNode): LogicalPlan {
    const location = token(tree, 'location');
    return new Commands.CreateNamespace(
      this.reference(tree),
      has(tree, 'ifNotExists'),
      location === undefined ? undefined : unescapeString(location.image),
    );
  }

  private dropStatement(tree: CstNode): LogicalPlan {
    const name = this.reference(tree);
    if (has(tree, 'namespaceWord')) return new Commands.DropNamespace(name, has(tree, 'ifExists'), has(tree, 'CASCADE'));
    const extra = token(tree, 'CASCADE') ?? token(tree, 'RESTRICT') ?? (has(tree, 'VIEW') ? token(tree, 'PURGE') : undefined);
    if (extra !== undefined) throw this.syntaxErrorAt(extra);
    return new Commands.DropRelation(name, has(tree, 'VIEW'), has(tree, 'ifExists'), has(tree, 'PURGE'));
  }

  private alterStatement(tree: CstNode): LogicalPlan {
    return new Commands.AlterRelation(this.reference(tree), has(tree, 'VIEW'), this.alteration(tree));
  }
  private alteration(tree: CstNode): Commands.AlterAction {
    const set = node(tree, 'setProperties');
    if (set !== undefined) return { action: 'setProperties', properties: this.properties(set) };
    const unset = node(tree, 'unsetProperties');
    if (unset !== undefined) {
      return { action: 'unsetProperties', keys: Object.keys(this.properties(unset)), ifExists: has(tree, 'ifExists') };
    }
    const newName = node(tree, 'newName');
    if (newName !== undefined) return { action: 'rename', to: this.multipart(newName) };
    const query = node(tree, 'query');
    if (query !== undefined) {
      if (!has(tree, 'VIEW')) throw this.syntaxErrorAt(token(tree, 'AS') ?? firstTokenOf(query));
      return { action: 'setQuery', originalText: this.source(query), query: this.query(query) };
    }
    if (has(tree, 'RECOVER')) return { action: 'recoverPartitions' };
    if (has(tree, 'DROP')) {
      const partitions = nodes(tree, 'partitionSpec').map((p) => this.partition(p));
      return { action: 'dropPartitions', ifExists: has(tree, 'ifExists'), partitions };
    }
    const added = nodes(tree, 'partitionSpecLocation');
    if (added.length > 0) {
      const partitions = added.map((p) => {
        const location = token(p, 'StringLit');
        const spec = this.partition(need(p, 'partitionSpec'));
        return { spec, location: location === undefined ? undefined : unescapeString(location.image) };
      });
      return { action: 'addPartitions', ifNotExists: has(tree, 'ifNotExists'), partitions };
    }
    return { action: 'addColumns', columns: this.schema(node(tree, 'columnDefinitions') ?? tree) };
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
        return new Commands.ShowCommand('tables', name, pattern);
      case 'VIEWS':
        return new Commands.ShowCommand('views', name, pattern);
      case 'DATABASES':
      case 'SCHEMAS':
      case 'NAMESPACES':
        return new Commands.ShowCommand('databases', name, pattern);
      case 'TBLPROPERTIES': {
        const key = node(tree, 'propertyKey');
        return new Commands.ShowCommand('tblproperties', name, undefined, key === undefined ? undefined : this.propertyKey(key));
      }
      case 'COLUMNS': {
        const namespace = node(tree, 'namespace');
        const parts = namespace === undefined ? name : [...this.multipart(namespace), (name as string[]).at(-1) as string];
        return new Commands.ShowCommand('columns', parts, undefined);
      }
      case 'PARTITIONS': {
        const spec = node(tree, 'partitionSpec');
        if (spec !== undefined) throw unsupported('SHOW PARTITIONS of a partition', this.origin(spec));
        return new Commands.ShowCommand('partitions', name, undefined);
      }
      case 'CREATE':
        if (has(tree, 'SERDE')) throw unsupported('SHOW CREATE TABLE … AS SERDE', this.origin(tree));
        return new Commands.ShowCommand('create table', name, undefined);
      case 'FUNCTIONS':
        return this.showFunctions(tree, name);
      default:
        throw unsupported(kind === 'EXTENDED' ? 'SHOW TABLE EXTENDED' : 'SHOW CURRENT NAMESPACE', this.origin(tree));
    }
  }

  private showFunctions(tree: CstNode, namespace: string[] | undefined): LogicalPlan {
    const scope = token(tree, 'scope');
    const text = token(tree, 'pattern');
    const named = node(tree, 'function');
    if (scope !== undefined && !/^(?:all|system|user)$/i.test(scope.image)) {
      throw parseError('INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE', { scope: quoteId(scope.image) }, this.origin(tree));
    }
    const pattern = text !== undefined ? unescapeString(text.image) : named === undefined ? undefined : this.multipart(named).join('.');
    return new Commands.ShowCommand('functions', namespace, pattern, scope?.image.toLowerCase());
  }

  private describe(tree: CstNode): LogicalPlan {
    const extended = has(tree, 'extended');
    const query = node(tree, 'query');
    if (query !== undefined) return new Commands.DescribeCommand('query', undefined, false, this.query(query));
    if (has(tree, 'kind')) {
      const operator = token(tree, 'operator');
      const image = operator?.image ?? '';
      const name = operator === undefined ? this.identifierReference(need(tree, 'function')) : [/['"]/.test(image) ? unescapeString(image) : image];
      return new Commands.DescribeCommand('function', name, extended, undefined);
    }
    const name = this.reference(tree);
    if (has(tree, 'json')) throw unsupported('DESCRIBE … AS JSON', this.origin(tree));
    if (has(tree, 'namespaceWord')) return new Commands.DescribeCommand('database', name, extended, undefined);
    const spec = node(tree, 'partitionSpec');
    if (spec !== undefined) throw unsupported('DESCRIBE of a partition', this.origin(spec));
    const column = node(tree, 'column');
    return new Commands.DescribeCommand('table', name, extended, undefined, column === undefined ? undefined : this.multipart(column));
  }

  private cacheTable(tree: CstNode): LogicalPlan {
    const query = node(tree, 'query');
    const options = node(tree, 'propertyList');
    const name = this.reference(tree);
    if (query !== undefined && name.length > 1) {
      throw parseError('_LEGACY_ERROR_TEMP_0037', { quoted: name.slice(0, -1).map(quoteIfNeeded).join('.') }, this.origin(tree));
    }
    return new Commands.CacheTable(
      name,
      has(tree, 'LAZY'),
      options === undefined ? {} : this.properties(options),
      query === undefined ? undefined : this.query(query),
      query === undefined ? undefined : this.source(query),
    );
  }

  private analyze(tree: CstNode): LogicalPlan {
    const spec = node(tree, 'partitionSpec');
    if (spec !== undefined) throw unsupported('ANALYZE of a partition', this.origin(spec));
    const noscan = token(tree, 'noscan');
    if (noscan !== undefined && noscan.image.toUpperCase() !== 'NOSCAN') {
      throw parseError(
        'INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN',
        { ctx: quoteStatement(noscan.image) },
        this.origin(tree),
      );
    }
    const columns = has(tree, 'ALL') ? 'all' : tokens(tree, 'column').length > 0 ? this.names(tree, 'column') : undefined;
    return new Commands.AnalyzeTable(this.reference(tree), noscan !== undefined, columns);
  }
}

/** The first token of a tree. */
function firstTokenOf(tree: CstNode) {
  const start = spanOf(tree).start;
  const search = (at: CstNode): ReturnType<typeof needToken> | undefined => {
    for (const elements of Object.values(at.children)) {
      for (const element of elements) {
        if ('image' in element) {
          if (element.startOffset === start) return element;
        } else if (element.location?.startOffset === start) {
          const found = search(element);
          if (found !== undefined) return found;
        }
      }
    }
    return undefined;
  };
  return search(tree) as ReturnType<typeof needToken>;
}
