import { type Origin, parseError, unsupported } from '../../../errors/index.js';
import {
  type DataType,
  EMPTY_METADATA,
  type Metadata,
  StructField,
  StructType,
  toSqlString,
} from '../../../types/index.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import * as Commands from '../../logical/commands.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { type CstNode, has, need, needToken, node, nodes, spanOf, token, tokens } from './cst.js';
import { buildDataType } from './data-types.js';
import { invalidStatement, operationNotAllowed } from './numbers.js';
import { PipeBuilder } from './pipes.js';
import { quoteId, unescapeString } from './text.js';

/** What the clauses of CREATE TABLE say. */
interface TableClauses {
  options: Readonly<Record<string, string>>;
  properties: Readonly<Record<string, string>>;
  partitionColumns: string[];
  partitionFields: StructField[];
  location: string | undefined;
  comment: string | undefined;
  buckets: Commands.Buckets | undefined;
}

/** CREATE, DROP, ALTER. Spark: the DDL part of `AstBuilder`. */
export abstract class DefinitionBuilder extends PipeBuilder {
  protected reference(tree: CstNode): string[] {
    return this.identifierReference(need(tree, 'identifierReference'));
  }

  protected partitionValues(tree: CstNode): [string, Expression | undefined][] {
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
  protected partition(tree: CstNode): Record<string, string> {
    const result: Record<string, string> = {};
    for (const [name, value] of this.partitionValues(tree)) {
      if (value === undefined) {
        throw parseError('INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE', { partKey: quoteId(name) }, this.origin(tree));
      }
      const literal = value as Literal;
      result[name] =
        literal.value === null
          ? '__HIVE_DEFAULT_PARTITION__'
          : toSqlString(literal.value, literal.dataType, this.context.zone.id);
    }
    return result;
  }

  protected createStatement(tree: CstNode): LogicalPlan {
    const replace = has(tree, 'REPLACE');
    const origin = this.origin(tree);
    const view = node(tree, 'createView');
    if (view !== undefined) return this.createView(tree, view, replace, origin);
    const routine = node(tree, 'createFunction');
    if (routine !== undefined) return this.createFunction(tree, routine);
    const table = node(tree, 'createTable');
    if (table === undefined) return this.createNamespace(need(tree, 'createNamespace'));
    if (replace) {
      const statement = has(table, 'query') ? 'REPLACE TABLE AS SELECT' : 'REPLACE TABLE';
      return new Commands.RowLevelCommand(statement, this.reference(table));
    }
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
        options === undefined ? {} : this.givenProperties(options),
      );
    }
    if (temporary && ifNotExists) throw parseError('_LEGACY_ERROR_TEMP_0053', {}, origin);
    if (replace && ifNotExists) throw parseError('_LEGACY_ERROR_TEMP_0052', {}, origin);
    if (has(view, 'collation')) throw unsupported('CREATE VIEW … DEFAULT COLLATION', origin);
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
    const made = new Commands.CreateView(
      name,
      columns.map((c) => ({ name: this.neededName(c, 'name'), comment: this.columnComment(c) })),
      this.source(query),
      this.query(query),
      temporary ? (global ? 'global temporary' : 'temporary') : 'persistent',
      replace,
      ifNotExists,
      comment === undefined ? undefined : unescapeString(comment.image),
      properties === undefined ? {} : this.givenProperties(properties),
      has(view, 'schemaMode') ? this.schemaMode(view) : undefined,
    );
    return this.placed(made, view);
  }

  protected columnComment(column: CstNode): string | undefined {
    const option = nodes(column, 'columnOption').find((o) => has(o, 'comment'));
    return option === undefined ? undefined : unescapeString(needToken(option, 'comment').image);
  }

  schema(tree: CstNode): StructType {
    return new StructType(nodes(tree, 'columnDefinition').map((c) => this.columnField(c)));
  }
  private columnField(tree: CstNode): StructField {
    const name = this.names(tree, 'name').join('.');
    const options = nodes(tree, 'columnOption');
    let value: string | undefined;
    for (const option of options) {
      if (has(option, 'GENERATED')) throw unsupported('GENERATED columns', this.origin(option));
      const expression = node(option, 'expression');
      if (expression !== undefined) value = this.source(expression);
      if (has(option, 'FIRST') || has(option, 'AFTER')) throw unsupported('column positions', this.origin(option));
    }
    const type = node(tree, 'dataType');
    if (type === undefined) throw this.endOfColumn(tree);
    const comment = this.columnComment(tree);
    const metadata: Metadata =
      comment === undefined && value === undefined
        ? EMPTY_METADATA
        : { ...(comment === undefined ? {} : { comment }), ...(value === undefined ? {} : { CURRENT_DEFAULT: value }) };
    const dataType: DataType = buildDataType(type, this.sql, this.context.timestampNtz);
    return new StructField(name, dataType, !options.some((o) => has(o, 'NOT')), metadata);
  }
  /** A column without its type: the error stands where the type was expected. */
  protected endOfColumn(tree: CstNode) {
    const next = this.sql.slice(spanOf(tree).stop + 1).trim()[0];
    return parseError(
      'PARSE_SYNTAX_ERROR',
      { error: next === undefined ? 'end of input' : `'${next}'`, hint: '' },
      this.origin(tree),
    );
  }

  private createTable(tree: CstNode): LogicalPlan {
    const origin = this.origin(tree);
    const like = node(tree, 'like');
    if (like !== undefined) return this.createTableLike(tree, this.multipart(like));
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
      clauses.buckets,
    );
  }

  private createTableLike(tree: CstNode, source: string[]): LogicalPlan {
    const provider = node(tree, 'tableProvider');
    const clauses = this.tableClauses(tree);
    return new Commands.CreateTableLike(
      this.reference(tree),
      source,
      provider === undefined ? undefined : this.multipart(need(provider, 'multipartIdentifier')).join('.'),
      clauses.location,
      clauses.properties,
      has(tree, 'ifNotExists'),
    );
  }

  protected replaceTable(tree: CstNode): LogicalPlan {
    const table = need(tree, 'createTable');
    const statement = has(table, 'query') ? 'REPLACE TABLE AS SELECT' : 'REPLACE TABLE';
    return new Commands.RowLevelCommand(statement, this.reference(table));
  }

  private tableClauses(tree: CstNode): TableClauses {
    const result: TableClauses = {
      options: {},
      properties: {},
      partitionColumns: [],
      partitionFields: [],
      location: undefined,
      comment: undefined,
      buckets: undefined,
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
      else if (kind === 'TBLPROPERTIES') result.properties = this.givenProperties(need(clause, 'propertyList'));
      else if (kind === 'LOCATION' && text !== undefined) result.location = unescapeString(text.image);
      else if (kind === 'COMMENT' && text !== undefined) result.comment = unescapeString(text.image);
      else if (kind === 'PARTITIONED') this.partitionFields(clause, result);
      else if (kind === 'CLUSTERED') result.buckets = this.buckets(clause);
      else throw unsupported(`${kind} in CREATE TABLE`, this.origin(clause));
    }
    return result;
  }
  private buckets(clause: CstNode): Commands.Buckets {
    const sorted = nodes(clause, 'sortItem').map((item) => {
      const text = this.source(item);
      if (/\sdesc\b/i.test(text))
        throw operationNotAllowed("Column ordering must be ASC, was 'DESC'", this.origin(item));
      return text.replace(/\s+asc$/i, '').replaceAll('`', '');
    });
    return {
      numBuckets: Number(needToken(clause, 'IntegerValue').image),
      bucketColumns: this.identifierList(need(clause, 'identifierList')),
      sortColumns: sorted,
    };
  }
  private partitionFields(clause: CstNode, into: TableClauses): void {
    for (const field of nodes(clause, 'partitionField')) {
      const definition = node(field, 'columnDefinition');
      if (definition !== undefined) {
        const column = this.columnField(definition);
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
    const comment = token(tree, 'comment');
    const properties = node(tree, 'propertyList');
    return new Commands.CreateNamespace(
      this.reference(tree),
      has(tree, 'ifNotExists'),
      location === undefined ? undefined : unescapeString(location.image),
      comment === undefined ? undefined : unescapeString(comment.image),
      properties === undefined ? {} : this.properties(properties),
    );
  }

  protected abstract createFunction(whole: CstNode, tree: CstNode): LogicalPlan;
  protected abstract dropFunction(tree: CstNode): LogicalPlan;
  protected abstract dropVariable(tree: CstNode): LogicalPlan;

  protected dropStatement(tree: CstNode): LogicalPlan {
    if (has(tree, 'FUNCTION')) return this.dropFunction(tree);
    if (has(tree, 'VARIABLE')) return this.dropVariable(tree);
    const name = this.reference(tree);
    if (has(tree, 'namespaceWord'))
      return new Commands.DropNamespace(name, has(tree, 'ifExists'), has(tree, 'CASCADE'));
    const extra =
      token(tree, 'CASCADE') ?? token(tree, 'RESTRICT') ?? (has(tree, 'VIEW') ? token(tree, 'PURGE') : undefined);
    if (extra !== undefined) throw this.syntaxErrorAt(extra);
    return new Commands.DropRelation(name, has(tree, 'VIEW'), has(tree, 'ifExists'), has(tree, 'PURGE'));
  }

  protected alterStatement(tree: CstNode): LogicalPlan {
    if (has(tree, 'namespaceWord'))
      return new Commands.AlterNamespace(this.reference(tree), this.namespaceChange(tree));
    return new Commands.AlterRelation(this.reference(tree), has(tree, 'VIEW'), this.alteration(tree));
  }

  private namespaceChange(tree: CstNode): Commands.NamespaceChange {
    const set = node(tree, 'alterSet');
    const properties = set && node(set, 'setProperties');
    if (properties !== undefined) return { action: 'setProperties', properties: this.properties(properties) };
    const location = set && token(set, 'location');
    if (location !== undefined) return { action: 'setLocation', location: unescapeString(location.image) };
    const unset = node(tree, 'unsetProperties');
    if (unset !== undefined) return { action: 'unsetProperties', keys: Object.keys(this.properties(unset)) };
    throw this.syntaxErrorAt(firstTokenOf(Object.values(tree.children).flat().at(-1) as CstNode));
  }

  private alteration(tree: CstNode): Commands.AlterAction {
    const set = node(tree, 'alterSet');
    if (set !== undefined) return this.alterSet(tree, set);
    const unset = node(tree, 'unsetProperties');
    if (unset !== undefined) {
      return { action: 'unsetProperties', keys: Object.keys(this.properties(unset)), ifExists: has(tree, 'ifExists') };
    }
    const newName = node(tree, 'newName');
    if (newName !== undefined) return { action: 'rename', to: this.multipart(newName) };
    if (has(tree, 'renameColumn')) return { action: 'unsupported', feature: 'RENAME COLUMN' };
    if (has(tree, 'replaceColumns')) return { action: 'unsupported', feature: 'REPLACE COLUMNS' };
    const moved = node(tree, 'newPartition');
    if (moved !== undefined) {
      return {
        action: 'renamePartition',
        from: this.partition(need(tree, 'partitionSpec')),
        to: this.partition(moved),
      };
    }
    if (has(tree, 'schemaMode')) return { action: 'schemaMode', mode: this.schemaMode(tree) };
    const query = node(tree, 'query');
    if (query !== undefined) {
      if (!has(tree, 'VIEW')) throw this.syntaxErrorAt(token(tree, 'AS') ?? firstTokenOf(query));
      return { action: 'setQuery', originalText: this.source(query), query: this.query(query) };
    }
    if (has(tree, 'RECOVER')) return { action: 'recoverPartitions' };
    const column = node(tree, 'alterColumn');
    if (column !== undefined) return this.columnChange(column, tree);
    const drop = node(tree, 'alterDrop');
    if (drop !== undefined) {
      if (has(drop, 'column')) return { action: 'unsupported', feature: 'DROP COLUMN' };
      const partitions = nodes(drop, 'partitionSpec').map((p) => this.partition(p));
      return { action: 'dropPartitions', ifExists: has(drop, 'ifExists'), partitions };
    }
    const add = need(tree, 'alterAdd');
    const added = nodes(add, 'partitionSpecLocation');
    if (added.length === 0) {
      return { action: 'addColumns', columns: this.schema(node(add, 'columnDefinitions') ?? add) };
    }
    const partitions = added.map((p) => {
      const location = token(p, 'StringLit');
      const spec = this.partition(need(p, 'partitionSpec'));
      return { spec, location: location === undefined ? undefined : unescapeString(location.image) };
    });
    return { action: 'addPartitions', ifNotExists: has(add, 'ifNotExists'), partitions };
  }

  private alterSet(tree: CstNode, set: CstNode): Commands.AlterAction {
    const spec = node(tree, 'partitionSpec');
    const properties = node(set, 'setProperties');
    if (properties !== undefined) return { action: 'setProperties', properties: this.properties(properties) };
    const location = token(set, 'location');
    if (location !== undefined) {
      const partition = spec === undefined ? undefined : this.partition(spec);
      return { action: 'setLocation', location: unescapeString(location.image), partition };
    }
    if (has(set, 'serde')) throw unsupported('ALTER TABLE … SET SERDE', this.origin(set));
    return { action: 'setSerde', properties: this.properties(need(set, 'serdeProperties')) };
  }

  /** Marks a command with the places of its clauses, unless an inner rule did. */
  protected placed<T extends Commands.Command>(made: T, tree: CstNode): T {
    const name = node(tree, 'identifierReference');
    const mode = tokens(tree, 'schemaMode').at(-1);
    const schema = mode && tokens(tree, 'SCHEMA').at(-1);
    const start = schema && tokens(tree, 'WITH').findLast((t) => t.startOffset < schema.startOffset);
    made.places = {
      ...(name && { name: this.origin(name) }),
      ...(start && mode && { schemaMode: this.origin({ start: start.startOffset, stop: spanOf(mode).stop }) }),
      ...made.places,
    };
    return made;
  }

  /** BINDING, COMPENSATION, TYPE EVOLUTION or EVOLUTION. @throws FEATURE_NOT_ENABLED */
  protected schemaMode(tree: CstNode): Commands.ViewSchemaModeName {
    const words = tokens(tree, 'schemaMode');
    const mode = words.map((w) => w.image.toUpperCase()).join(' ');
    if (mode === 'BINDING' || mode === 'COMPENSATION' || mode === 'TYPE EVOLUTION' || mode === 'EVOLUTION') return mode;
    throw this.syntaxErrorAt(words[0] as NonNullable<(typeof words)[0]>);
  }

  private columnChange(tree: CstNode, statement: CstNode): Commands.ColumnChange {
    const column = this.multipart(need(tree, 'column'));
    const type = node(tree, 'dataType');
    const comment = token(tree, 'comment');
    const value = node(tree, 'default');
    const newColumn = token(tree, 'newColumn');
    if (
      newColumn !== undefined &&
      column.length === 1 &&
      this.name(newColumn).toLowerCase() !== column[0]?.toLowerCase()
    ) {
      throw operationNotAllowed(
        'Renaming column is not supported in Hive-style ALTER COLUMN, please run RENAME COLUMN instead',
        this.origin(statement),
      );
    }
    const dropped = has(tree, 'dropDefault');
    const refused = has(tree, 'nullability')
      ? 'ALTER COLUMN ... SET NOT NULL'
      : has(tree, 'columnPosition')
        ? 'ALTER COLUMN ... FIRST | AFTER'
        : undefined;
    const nothing = [type, comment, value, refused].every((x) => x === undefined) && !dropped;
    if (nothing) {
      const verb = has(tree, 'change') ? 'CHANGE' : 'ALTER';
      throw operationNotAllowed(
        `ALTER TABLE table ${verb} COLUMN requires a TYPE, a SET/DROP, a COMMENT, or a FIRST/AFTER`,
        this.origin(statement),
      );
    }
    return {
      action: 'changeColumn',
      column,
      newType: type === undefined ? undefined : buildDataType(type, this.sql),
      comment: comment === undefined ? undefined : unescapeString(comment.image),
      defaultSql: dropped ? '' : value === undefined ? undefined : this.source(value),
      refused,
    };
  }

  protected commentOn(tree: CstNode): LogicalPlan {
    const text = token(tree, 'comment');
    const comment = text === undefined ? '' : unescapeString(text.image);
    const name = this.reference(tree);
    if (has(tree, 'TABLE')) return new Commands.CommentOnTable(name, comment);
    return new Commands.AlterNamespace(name, { action: 'comment', comment });
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
