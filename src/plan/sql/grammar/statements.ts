import * as T from '../tokens.js';
import { kw } from '../tokens.js';
import type { Rule } from './base.js';
import { RoutineGrammar } from './routines.js';

/** The whole grammar. Spark: `SqlBaseParser`. SET and RESET take raw text and are read by `set-command.ts`. */
export class SqlGrammar extends RoutineGrammar {
  /** @param analyzed run chevrotain's self-analysis and validation: for tests and for making the look-ahead tables */
  constructor(analyzed = false) {
    super(analyzed);
    this.performSelfAnalysis();
  }

  readonly singleStatement = this.RULE('singleStatement', () => {
    this.SUBRULE(this.statement);
    this.MANY(() => this.CONSUME(T.Semicolon));
  });

  readonly singleExpression = this.RULE('singleExpression', () => {
    this.SUBRULE(this.namedExpression);
  });
  readonly singleMultipartIdentifier = this.RULE('singleMultipartIdentifier', () => {
    this.SUBRULE(this.multipartIdentifier);
  });
  readonly singleDataType = this.RULE('singleDataType', () => {
    this.SUBRULE(this.dataType);
  });
  readonly singleTableSchema = this.RULE('singleTableSchema', () => {
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.columnDefinition) });
  });

  readonly statement: Rule = this.RULE('statement', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.queryStatement) },
      { ALT: () => this.SUBRULE(this.createStatement) },
      { ALT: () => this.SUBRULE(this.dropStatement) },
      { ALT: () => this.SUBRULE(this.alterStatement) },
      { ALT: () => this.SUBRULE(this.useStatement) },
      { ALT: () => this.SUBRULE(this.explainStatement) },
      { ALT: () => this.SUBRULE(this.showStatement) },
      { ALT: () => this.SUBRULE(this.describeStatement) },
      { ALT: () => this.SUBRULE(this.refreshStatement) },
      { ALT: () => this.SUBRULE(this.cacheTable) },
      { ALT: () => this.SUBRULE(this.uncacheTable) },
      { ALT: () => this.SUBRULE(this.clearCache) },
      { ALT: () => this.SUBRULE(this.truncateTable) },
      { ALT: () => this.SUBRULE(this.repairTable) },
      { ALT: () => this.SUBRULE(this.analyzeTable) },
      { ALT: () => this.SUBRULE(this.commentOn) },
      { ALT: () => this.SUBRULE(this.replaceTable) },
      { ALT: () => this.SUBRULE(this.declareVariable) },
      { ALT: () => this.SUBRULE(this.setVariable) },
      { ALT: () => this.SUBRULE(this.executeImmediate) },
    ]);
  });

  /** A query, INSERT or DELETE, the latter two with common table expressions too. */
  readonly queryStatement = this.RULE('queryStatement', () => {
    this.OPTION(() => this.SUBRULE(this.ctes));
    this.OR([
      {
        ALT: () => {
          this.SUBRULE(this.insertInto);
          this.SUBRULE(this.query);
        },
      },
      { ALT: () => this.SUBRULE(this.deleteFrom) },
      {
        ALT: () => {
          this.SUBRULE(this.queryTerm);
          this.SUBRULE(this.queryOrganization);
        },
      },
    ]);
  });

  readonly deleteFrom = this.RULE('deleteFrom', () => {
    this.CONSUME(kw('DELETE'));
    this.CONSUME(kw('FROM'));
    this.SUBRULE(this.identifierReference);
    this.SUBRULE(this.tableAlias);
    this.OPTION(() => this.SUBRULE(this.whereClause));
  });

  readonly ifNotExists: Rule = this.RULE('ifNotExists', () => {
    this.CONSUME(kw('IF'));
    this.OR([{ ALT: () => this.CONSUME(kw('NOT')) }, { ALT: () => this.CONSUME(T.Bang) }]);
    this.CONSUME(kw('EXISTS'));
  });
  readonly ifExists: Rule = this.RULE('ifExists', () => {
    this.CONSUME(kw('IF'));
    this.CONSUME(kw('EXISTS'));
  });
  readonly namespaceWord = this.RULE('namespaceWord', () => {
    this.OR([
      { ALT: () => this.CONSUME(kw('DATABASE')) },
      { ALT: () => this.CONSUME(kw('SCHEMA')) },
      { ALT: () => this.CONSUME(kw('NAMESPACE')) },
    ]);
  });
  readonly fromOrIn = this.RULE('fromOrIn', () => {
    this.OR([{ ALT: () => this.CONSUME(kw('FROM')) }, { ALT: () => this.CONSUME(kw('IN')) }]);
  });
  readonly tableProvider = this.RULE('tableProvider', () => {
    this.CONSUME(kw('USING'));
    this.SUBRULE(this.multipartIdentifier);
  });

  readonly createStatement = this.RULE('createStatement', () => {
    this.CONSUME(kw('CREATE'));
    this.OPTION(() => {
      this.CONSUME(kw('OR'));
      this.CONSUME(kw('REPLACE'));
    });
    this.OPTION2(() => this.CONSUME(kw('GLOBAL')));
    this.OPTION3(() => this.CONSUME(kw('TEMPORARY')));
    this.OPTION4(() => this.CONSUME(kw('EXTERNAL')));
    this.OR([
      { ALT: () => this.SUBRULE(this.createView) },
      { ALT: () => this.SUBRULE(this.createTable) },
      { ALT: () => this.SUBRULE(this.createNamespace) },
      { ALT: () => this.SUBRULE(this.createFunction) },
    ]);
  });

  readonly createView = this.RULE('createView', () => {
    this.CONSUME(kw('VIEW'));
    this.OPTION({ GATE: () => this.existsClauseAt(), DEF: () => this.SUBRULE(this.ifNotExists) });
    this.SUBRULE(this.identifierReference);
    this.OPTION2(() => this.SUBRULE(this.columnDefinitions));
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(kw('COMMENT'));
            this.CONSUME(T.StringLit, { LABEL: 'comment' });
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('WITH'));
            this.CONSUME(kw('SCHEMA'));
            this.CONSUME(T.Word, { LABEL: 'schemaMode' });
            this.OPTION3({
              GATE: () => !this.is(1, kw('AS')),
              DEF: () => this.CONSUME2(T.Word, { LABEL: 'schemaMode' }),
            });
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('DEFAULT'));
            this.CONSUME(kw('COLLATION'));
            this.CONSUME3(T.Word, { LABEL: 'collation' });
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('PARTITIONED'));
            this.CONSUME(kw('ON'));
            this.SUBRULE(this.identifierList);
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('TBLPROPERTIES'));
            this.SUBRULE(this.propertyList, { LABEL: 'properties' });
          },
        },
      ]);
    });
    this.OR2([
      {
        ALT: () => {
          this.CONSUME(kw('AS'));
          this.SUBRULE(this.query);
        },
      },
      {
        ALT: () => {
          this.SUBRULE(this.tableProvider);
          this.OPTION4(() => {
            this.CONSUME(kw('OPTIONS'));
            this.SUBRULE2(this.propertyList, { LABEL: 'options' });
          });
        },
      },
    ]);
  });
  readonly columnDefinitions = this.RULE('columnDefinitions', () => {
    this.CONSUME(T.LParen);
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.columnDefinition) });
    this.CONSUME(T.RParen);
  });

  /** A name, in tables with a type and options. */
  readonly columnDefinition: Rule = this.RULE('columnDefinition', () => {
    this.CONSUME(T.Word, { LABEL: 'name' });
    this.MANY({
      GATE: () => this.isWord(2),
      DEF: () => {
        this.CONSUME(T.Dot);
        this.CONSUME2(T.Word, { LABEL: 'name' });
      },
    });
    this.OPTION({
      GATE: () => !this.is(1, kw('COMMENT')) || !this.isString(2),
      DEF: () => {
        this.OPTION2({ GATE: () => false, DEF: () => this.CONSUME(T.Colon) });
        this.SUBRULE(this.dataType);
      },
    });
    this.MANY2(() => this.SUBRULE(this.columnOption));
  });

  readonly columnOption: Rule = this.RULE('columnOption', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(kw('NOT'));
          this.CONSUME(kw('NULL'));
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('DEFAULT'));
          this.SUBRULE(this.expression);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('COMMENT'));
          this.CONSUME(T.StringLit, { LABEL: 'comment' });
        },
      },
      { ALT: () => this.CONSUME(kw('FIRST')) },
      {
        ALT: () => {
          this.CONSUME(kw('AFTER'));
          this.CONSUME(T.Word);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('GENERATED'));
          this.CONSUME(kw('ALWAYS'));
          this.CONSUME(kw('AS'));
          this.SUBRULE(this.primaryExpression);
        },
      },
    ]);
  });

  readonly createTable = this.RULE('createTable', () => {
    this.CONSUME(kw('TABLE'));
    this.OPTION({ GATE: () => this.existsClauseAt(), DEF: () => this.SUBRULE(this.ifNotExists) });
    this.SUBRULE(this.identifierReference);
    this.OPTION2(() => {
      this.CONSUME(kw('LIKE'));
      this.SUBRULE(this.multipartIdentifier, { LABEL: 'like' });
    });
    this.OPTION3({ GATE: () => !this.queryAt(1), DEF: () => this.SUBRULE(this.columnDefinitions) });
    this.OPTION4(() => this.SUBRULE(this.tableProvider));
    this.MANY(() => this.SUBRULE(this.createTableClause));
    this.OPTION5(() => {
      this.OPTION6(() => this.CONSUME(kw('AS')));
      this.SUBRULE(this.query);
    });
  });

  readonly createTableClause = this.RULE('createTableClause', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(kw('OPTIONS'), { LABEL: 'kind' });
          this.SUBRULE(this.propertyList);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('TBLPROPERTIES'), { LABEL: 'kind' });
          this.SUBRULE2(this.propertyList);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('PARTITIONED'), { LABEL: 'kind' });
          this.CONSUME(kw('BY'));
          this.CONSUME(T.LParen);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.partitionField) });
          this.CONSUME(T.RParen);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('LOCATION'), { LABEL: 'kind' });
          this.CONSUME(T.StringLit);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('COMMENT'), { LABEL: 'kind' });
          this.CONSUME2(T.StringLit);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('DEFAULT'), { LABEL: 'kind' });
          this.CONSUME(kw('COLLATION'));
          this.CONSUME(T.Word);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('CLUSTERED'), { LABEL: 'kind' });
          this.CONSUME2(kw('BY'));
          this.SUBRULE(this.identifierList);
          this.OPTION(() => {
            this.CONSUME(kw('SORTED'));
            this.CONSUME3(kw('BY'));
            this.CONSUME2(T.LParen);
            this.AT_LEAST_ONE_SEP2({ SEP: T.Comma, DEF: () => this.SUBRULE(this.sortItem) });
            this.CONSUME2(T.RParen);
          });
          this.CONSUME(kw('INTO'));
          this.CONSUME(T.IntegerValue);
          this.CONSUME(kw('BUCKETS'));
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('CLUSTER'), { LABEL: 'kind' });
          this.CONSUME4(kw('BY'));
          this.SUBRULE(this.expressionList);
        },
      },
    ]);
  });

  readonly partitionField = this.RULE('partitionField', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        { GATE: () => this.isWord(2), ALT: () => this.SUBRULE(this.columnDefinition) },
        { ALT: () => this.SUBRULE(this.primaryExpression) },
      ],
    });
  });

  readonly createNamespace = this.RULE('createNamespace', () => {
    this.SUBRULE(this.namespaceWord);
    this.OPTION({ GATE: () => this.existsClauseAt(), DEF: () => this.SUBRULE(this.ifNotExists) });
    this.SUBRULE(this.identifierReference);
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(kw('COMMENT'));
            this.CONSUME(T.StringLit, { LABEL: 'comment' });
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('LOCATION'));
            this.CONSUME2(T.StringLit, { LABEL: 'location' });
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('WITH'));
            this.OR2([{ ALT: () => this.CONSUME(kw('DBPROPERTIES')) }, { ALT: () => this.CONSUME(kw('PROPERTIES')) }]);
            this.SUBRULE(this.propertyList);
          },
        },
      ]);
    });
  });

  readonly dropStatement = this.RULE('dropStatement', () => {
    this.CONSUME(kw('DROP'));
    this.OR([
      { ALT: () => this.CONSUME(kw('TABLE')) },
      { ALT: () => this.CONSUME(kw('VIEW')) },
      { ALT: () => this.SUBRULE(this.namespaceWord) },
      { ALT: () => this.CONSUME(kw('FUNCTION')) },
      {
        ALT: () => {
          this.CONSUME(kw('TEMPORARY'));
          this.OR3([{ ALT: () => this.CONSUME(kw('VARIABLE')) }, { ALT: () => this.CONSUME2(kw('FUNCTION')) }]);
        },
      },
    ]);
    this.OPTION({ GATE: () => this.existsClauseAt(), DEF: () => this.SUBRULE(this.ifExists) });
    this.SUBRULE(this.identifierReference);
    this.OPTION2(() => {
      this.OR2([
        { ALT: () => this.CONSUME(kw('PURGE')) },
        { ALT: () => this.CONSUME(kw('RESTRICT')) },
        { ALT: () => this.CONSUME(kw('CASCADE')) },
      ]);
    });
  });

  /** The forms of ALTER that are built; `unsupported-statements.ts` names the others before the grammar is asked. */
  readonly alterStatement = this.RULE('alterStatement', () => {
    this.CONSUME(kw('ALTER'));
    this.OR([
      { ALT: () => this.CONSUME(kw('TABLE')) },
      { ALT: () => this.CONSUME(kw('VIEW')) },
      { ALT: () => this.SUBRULE(this.namespaceWord) },
    ]);
    this.SUBRULE(this.identifierReference);
    this.OR2({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          ALT: () => {
            this.CONSUME(kw('RENAME'));
            this.OR3([
              {
                ALT: () => {
                  this.CONSUME(kw('TO'));
                  this.SUBRULE(this.multipartIdentifier, { LABEL: 'newName' });
                },
              },
              {
                ALT: () => {
                  this.CONSUME(kw('COLUMN'), { LABEL: 'renameColumn' });
                  this.SUBRULE2(this.multipartIdentifier, { LABEL: 'column' });
                  this.CONSUME2(kw('TO'));
                  this.CONSUME(T.Word, { LABEL: 'newColumn' });
                },
              },
            ]);
          },
        },
        { ALT: () => this.SUBRULE(this.alterSet) },
        {
          ALT: () => {
            this.CONSUME(kw('UNSET'));
            this.OR4([
              { ALT: () => this.CONSUME(kw('TBLPROPERTIES')) },
              { ALT: () => this.CONSUME(kw('DBPROPERTIES')) },
              { ALT: () => this.CONSUME(kw('PROPERTIES')) },
            ]);
            this.OPTION(() => this.SUBRULE(this.ifExists));
            this.SUBRULE(this.propertyList, { LABEL: 'unsetProperties' });
          },
        },
        { ALT: () => this.SUBRULE(this.alterAdd) },
        { ALT: () => this.SUBRULE(this.alterDrop) },
        { ALT: () => this.SUBRULE(this.alterColumn) },
        {
          ALT: () => {
            this.CONSUME(kw('REPLACE'), { LABEL: 'replaceColumns' });
            this.CONSUME(kw('COLUMNS'));
            this.OR5([
              { ALT: () => this.SUBRULE(this.columnDefinitions) },
              { ALT: () => this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.columnDefinition) }) },
            ]);
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('RECOVER'));
            this.CONSUME(kw('PARTITIONS'));
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.partitionSpec);
            this.OR6([
              {
                ALT: () => {
                  this.CONSUME2(kw('RENAME'));
                  this.CONSUME3(kw('TO'));
                  this.SUBRULE2(this.partitionSpec, { LABEL: 'newPartition' });
                },
              },
              { ALT: () => this.SUBRULE2(this.alterSet) },
            ]);
          },
        },
        {
          GATE: () => this.is(2, kw('SCHEMA')),
          ALT: () => {
            this.CONSUME(kw('WITH'));
            this.CONSUME(kw('SCHEMA'));
            this.AT_LEAST_ONE(() => this.CONSUME2(T.Word, { LABEL: 'schemaMode' }));
          },
        },
        {
          ALT: () => {
            this.OPTION2(() => this.CONSUME(kw('AS')));
            this.SUBRULE(this.query);
          },
        },
      ],
    });
  });

  readonly alterSet = this.RULE('alterSet', () => {
    this.CONSUME(kw('SET'));
    this.OR([
      {
        ALT: () => {
          this.OR2([
            { ALT: () => this.CONSUME(kw('TBLPROPERTIES')) },
            { ALT: () => this.CONSUME(kw('DBPROPERTIES')) },
            { ALT: () => this.CONSUME(kw('PROPERTIES')) },
          ]);
          this.SUBRULE(this.propertyList, { LABEL: 'setProperties' });
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('LOCATION'));
          this.CONSUME(T.StringLit, { LABEL: 'location' });
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('SERDEPROPERTIES'));
          this.SUBRULE2(this.propertyList, { LABEL: 'serdeProperties' });
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('SERDE'));
          this.CONSUME2(T.StringLit, { LABEL: 'serde' });
          this.OPTION(() => {
            this.CONSUME(kw('WITH'));
            this.CONSUME2(kw('SERDEPROPERTIES'));
            this.SUBRULE3(this.propertyList, { LABEL: 'serdeProperties' });
          });
        },
      },
    ]);
  });

  readonly alterAdd = this.RULE('alterAdd', () => {
    this.CONSUME(kw('ADD'));
    this.OR([
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.CONSUME(kw('COLUMN')) }, { ALT: () => this.CONSUME(kw('COLUMNS')) }]);
          this.OR3([
            { ALT: () => this.SUBRULE(this.columnDefinitions) },
            { ALT: () => this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.columnDefinition) }) },
          ]);
        },
      },
      {
        ALT: () => {
          this.OPTION(() => this.SUBRULE(this.ifNotExists));
          this.AT_LEAST_ONE(() => this.SUBRULE(this.partitionSpecLocation));
        },
      },
    ]);
  });

  readonly alterDrop = this.RULE('alterDrop', () => {
    this.CONSUME(kw('DROP'));
    this.OR([
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.CONSUME(kw('COLUMN')) }, { ALT: () => this.CONSUME(kw('COLUMNS')) }]);
          this.OPTION({ GATE: () => this.existsClauseAt(), DEF: () => this.SUBRULE(this.ifExists) });
          this.OR3([
            {
              ALT: () => {
                this.CONSUME(T.LParen);
                this.AT_LEAST_ONE_SEP({
                  SEP: T.Comma,
                  DEF: () => this.SUBRULE(this.multipartIdentifier, { LABEL: 'column' }),
                });
                this.CONSUME(T.RParen);
              },
            },
            {
              ALT: () =>
                this.AT_LEAST_ONE_SEP2({
                  SEP: T.Comma,
                  DEF: () => this.SUBRULE2(this.multipartIdentifier, { LABEL: 'column' }),
                }),
            },
          ]);
        },
      },
      {
        ALT: () => {
          this.OPTION2(() => this.SUBRULE2(this.ifExists));
          this.AT_LEAST_ONE_SEP3({ SEP: T.Comma, DEF: () => this.SUBRULE(this.partitionSpec) });
          this.OPTION3(() => this.CONSUME(kw('PURGE')));
        },
      },
    ]);
  });

  /** `ALTER COLUMN`, `CHANGE COLUMN`, and Hive's `CHANGE COLUMN old new type`. */
  readonly alterColumn = this.RULE('alterColumn', () => {
    this.OR([{ ALT: () => this.CONSUME(kw('ALTER')) }, { ALT: () => this.CONSUME(kw('CHANGE'), { LABEL: 'change' }) }]);
    this.OPTION({ GATE: () => this.isWord(2), DEF: () => this.CONSUME(kw('COLUMN')) });
    this.SUBRULE(this.multipartIdentifier, { LABEL: 'column' });
    this.OPTION2(() => {
      this.OR2({
        IGNORE_AMBIGUITIES: true,
        DEF: [
          {
            ALT: () => {
              this.CONSUME(kw('TYPE'));
              this.SUBRULE(this.dataType);
            },
          },
          {
            ALT: () => {
              this.CONSUME(kw('COMMENT'));
              this.CONSUME(T.StringLit, { LABEL: 'comment' });
            },
          },
          { ALT: () => this.SUBRULE(this.columnPosition) },
          {
            ALT: () => {
              this.CONSUME(kw('SET'));
              this.OR3([
                {
                  ALT: () => {
                    this.CONSUME(kw('NOT'), { LABEL: 'nullability' });
                    this.CONSUME(kw('NULL'));
                  },
                },
                {
                  ALT: () => {
                    this.CONSUME(kw('DEFAULT'));
                    this.SUBRULE(this.expression, { LABEL: 'default' });
                  },
                },
              ]);
            },
          },
          {
            ALT: () => {
              this.CONSUME(kw('DROP'));
              this.OR4([
                {
                  ALT: () => {
                    this.CONSUME2(kw('NOT'), { LABEL: 'nullability' });
                    this.CONSUME2(kw('NULL'));
                  },
                },
                { ALT: () => this.CONSUME2(kw('DEFAULT'), { LABEL: 'dropDefault' }) },
              ]);
            },
          },
          {
            ALT: () => {
              this.CONSUME(T.Word, { LABEL: 'newColumn' });
              this.SUBRULE2(this.dataType);
              this.OPTION3(() => {
                this.CONSUME2(kw('COMMENT'));
                this.CONSUME2(T.StringLit, { LABEL: 'comment' });
              });
              this.OPTION4(() => this.SUBRULE2(this.columnPosition));
            },
          },
        ],
      });
    });
  });
  readonly columnPosition = this.RULE('columnPosition', () => {
    this.OR([
      { ALT: () => this.CONSUME(kw('FIRST')) },
      {
        ALT: () => {
          this.CONSUME(kw('AFTER'));
          this.CONSUME(T.Word);
        },
      },
    ]);
  });

  readonly commentOn = this.RULE('commentOn', () => {
    this.CONSUME(kw('COMMENT'));
    this.CONSUME(kw('ON'));
    this.OR([{ ALT: () => this.CONSUME(kw('TABLE')) }, { ALT: () => this.SUBRULE(this.namespaceWord) }]);
    this.SUBRULE(this.identifierReference);
    this.CONSUME(kw('IS'));
    this.OR2([{ ALT: () => this.CONSUME(T.StringLit, { LABEL: 'comment' }) }, { ALT: () => this.CONSUME(kw('NULL')) }]);
  });

  readonly replaceTable = this.RULE('replaceTable', () => {
    this.CONSUME(kw('REPLACE'));
    this.SUBRULE(this.createTable);
  });

  readonly partitionSpecLocation = this.RULE('partitionSpecLocation', () => {
    this.SUBRULE(this.partitionSpec);
    this.OPTION(() => {
      this.CONSUME(kw('LOCATION'));
      this.CONSUME(T.StringLit);
    });
  });

  readonly useStatement = this.RULE('useStatement', () => {
    this.CONSUME(kw('USE'));
    this.OPTION({ GATE: () => this.isWord(2), DEF: () => this.SUBRULE(this.namespaceWord) });
    this.SUBRULE(this.identifierReference);
  });

  readonly explainStatement = this.RULE('explainStatement', () => {
    this.CONSUME(kw('EXPLAIN'));
    this.OPTION({
      // `EXPLAIN CACHE TABLE t` explains the command; before anything else CACHE is the mode.
      GATE: () => !(this.is(1, kw('CACHE')) && (this.is(2, kw('TABLE')) || this.is(2, kw('LAZY')))),
      DEF: () => {
        this.OR([
          { ALT: () => this.CONSUME(kw('LOGICAL'), { LABEL: 'mode' }) },
          { ALT: () => this.CONSUME(kw('FORMATTED'), { LABEL: 'mode' }) },
          { ALT: () => this.CONSUME(kw('EXTENDED'), { LABEL: 'mode' }) },
          { ALT: () => this.CONSUME(kw('CODEGEN'), { LABEL: 'mode' }) },
          { ALT: () => this.CONSUME(kw('COST'), { LABEL: 'mode' }) },
          { ALT: () => this.CONSUME(kw('CACHE'), { LABEL: 'mode' }) },
        ]);
      },
    });
    this.SUBRULE(this.statement);
  });

  readonly showStatement = this.RULE('showStatement', () => {
    this.CONSUME(kw('SHOW'));
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          ALT: () => {
            this.OR2([
              { ALT: () => this.CONSUME(kw('TABLES'), { LABEL: 'kind' }) },
              { ALT: () => this.CONSUME(kw('VIEWS'), { LABEL: 'kind' }) },
              { ALT: () => this.CONSUME(kw('DATABASES'), { LABEL: 'kind' }) },
              { ALT: () => this.CONSUME(kw('SCHEMAS'), { LABEL: 'kind' }) },
              { ALT: () => this.CONSUME(kw('NAMESPACES'), { LABEL: 'kind' }) },
              { ALT: () => this.CONSUME(kw('CATALOGS'), { LABEL: 'kind' }) },
            ]);
            this.OPTION(() => {
              this.SUBRULE(this.fromOrIn);
              this.SUBRULE(this.identifierReference);
            });
            this.OPTION2(() => this.SUBRULE(this.likePattern));
          },
        },
        {
          GATE: () => this.is(2, kw('EXTENDED')),
          ALT: () => {
            this.CONSUME(kw('TABLE'));
            this.CONSUME(kw('EXTENDED'), { LABEL: 'kind' });
            this.OPTION3(() => {
              this.SUBRULE2(this.fromOrIn);
              this.SUBRULE2(this.identifierReference);
            });
            this.SUBRULE2(this.likePattern);
            this.OPTION4(() => this.SUBRULE(this.partitionSpec));
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('TBLPROPERTIES'), { LABEL: 'kind' });
            this.SUBRULE3(this.identifierReference);
            this.OPTION5(() => {
              this.CONSUME(T.LParen);
              this.SUBRULE(this.propertyKey);
              this.CONSUME(T.RParen);
            });
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('COLUMNS'), { LABEL: 'kind' });
            this.SUBRULE3(this.fromOrIn);
            this.SUBRULE4(this.identifierReference);
            this.OPTION6(() => {
              this.SUBRULE4(this.fromOrIn);
              this.SUBRULE(this.multipartIdentifier, { LABEL: 'namespace' });
            });
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('PARTITIONS'), { LABEL: 'kind' });
            this.SUBRULE5(this.identifierReference);
            this.OPTION7(() => this.SUBRULE2(this.partitionSpec));
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('CREATE'), { LABEL: 'kind' });
            this.CONSUME2(kw('TABLE'));
            this.SUBRULE6(this.identifierReference);
            this.OPTION8(() => {
              this.CONSUME(kw('AS'));
              this.CONSUME(kw('SERDE'));
            });
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('CURRENT'), { LABEL: 'kind' });
            this.SUBRULE(this.namespaceWord);
          },
        },
        {
          // Beyond Spark, where no such word may stand before TABLES.
          GATE: () => this.is(2, kw('TABLES')) && this.LA(1).image.toUpperCase() === 'CACHED',
          ALT: () => {
            this.CONSUME2(T.Word, { LABEL: 'cached' });
            this.CONSUME2(kw('TABLES'), { LABEL: 'kind' });
            this.option(13, () => this.SUBRULE3(this.likePattern));
          },
        },
        {
          ALT: () => {
            this.OPTION9({
              GATE: () => this.is(2, kw('FUNCTIONS')),
              DEF: () => this.CONSUME(T.Word, { LABEL: 'scope' }),
            });
            this.CONSUME(kw('FUNCTIONS'), { LABEL: 'kind' });
            this.option(10, () => {
              this.SUBRULE5(this.fromOrIn);
              this.SUBRULE7(this.identifierReference);
            });
            this.option(11, () => {
              this.option(12, () => this.CONSUME(kw('LIKE')));
              this.OR3([
                { ALT: () => this.CONSUME(T.StringLit, { LABEL: 'pattern' }) },
                { ALT: () => this.SUBRULE2(this.multipartIdentifier, { LABEL: 'function' }) },
              ]);
            });
          },
        },
      ],
    });
  });
  readonly likePattern = this.RULE('likePattern', () => {
    this.OPTION(() => this.CONSUME(kw('LIKE')));
    this.CONSUME(T.StringLit, { LABEL: 'pattern' });
  });

  readonly describeStatement = this.RULE('describeStatement', () => {
    this.OR([{ ALT: () => this.CONSUME(kw('DESCRIBE')) }, { ALT: () => this.CONSUME(kw('DESC')) }]);
    this.OR2({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.isWord(2) || this.isString(2) || this.isIn(2, T.BinaryOperator) || this.is(2, T.Bang),
          ALT: () => {
            this.CONSUME(kw('FUNCTION'), { LABEL: 'kind' });
            this.OPTION({
              GATE: () => !this.isEnd(2) && !this.is(2, T.Dot),
              DEF: () => this.CONSUME(kw('EXTENDED'), { LABEL: 'extended' }),
            });
            this.OR3({
              IGNORE_AMBIGUITIES: true,
              DEF: [
                { ALT: () => this.SUBRULE3(this.identifierReference, { LABEL: 'function' }) },
                { ALT: () => this.CONSUME(T.StringLit, { LABEL: 'operator' }) },
                { ALT: () => this.CONSUME(T.BinaryOperator, { LABEL: 'operator' }) },
                { ALT: () => this.CONSUME(T.Tilde, { LABEL: 'operator' }) },
                { ALT: () => this.CONSUME(T.Bang, { LABEL: 'operator' }) },
              ],
            });
          },
        },
        {
          GATE: () => this.isWord(2),
          ALT: () => {
            this.SUBRULE(this.namespaceWord);
            this.OPTION2({
              GATE: () => this.isWord(2),
              DEF: () => this.CONSUME2(kw('EXTENDED'), { LABEL: 'extended' }),
            });
            this.SUBRULE2(this.identifierReference);
          },
        },
        {
          GATE: () => this.queryAt(1) && !this.is(1, kw('TABLE')),
          ALT: () => this.SUBRULE(this.query),
        },
        {
          GATE: () => this.queryAt(2),
          ALT: () => {
            this.CONSUME(kw('QUERY'));
            this.SUBRULE2(this.query);
          },
        },
        {
          ALT: () => {
            this.OPTION3({ GATE: () => this.isWord(2), DEF: () => this.CONSUME(kw('TABLE')) });
            this.OPTION4({
              GATE: () => this.isWord(2),
              DEF: () => {
                this.OR4([
                  { ALT: () => this.CONSUME3(kw('EXTENDED'), { LABEL: 'extended' }) },
                  { ALT: () => this.CONSUME(kw('FORMATTED'), { LABEL: 'extended' }) },
                ]);
              },
            });
            this.SUBRULE(this.identifierReference);
            this.OPTION5({ GATE: () => this.is(2, T.LParen), DEF: () => this.SUBRULE(this.partitionSpec) });
            this.OPTION6({
              GATE: () => !this.is(1, kw('AS')),
              DEF: () => this.SUBRULE2(this.multipartIdentifier, { LABEL: 'column' }),
            });
            this.OPTION7(() => {
              this.CONSUME(kw('AS'));
              this.CONSUME(T.Word, { LABEL: 'json' });
            });
          },
        },
      ],
    });
  });

  /** `REFRESH path` takes raw text and is read by `set-command.ts`. */
  readonly refreshStatement = this.RULE('refreshStatement', () => {
    this.CONSUME(kw('REFRESH'));
    this.OR([{ ALT: () => this.CONSUME(kw('TABLE')) }, { ALT: () => this.CONSUME(kw('FUNCTION')) }]);
    this.SUBRULE(this.identifierReference);
  });

  readonly cacheTable = this.RULE('cacheTable', () => {
    this.CONSUME(kw('CACHE'));
    this.OPTION(() => this.CONSUME(kw('LAZY')));
    this.CONSUME(kw('TABLE'));
    this.SUBRULE(this.identifierReference);
    this.OPTION2(() => {
      this.CONSUME(kw('OPTIONS'));
      this.SUBRULE(this.propertyList);
    });
    this.OPTION3(() => {
      this.OPTION4(() => this.CONSUME(kw('AS')));
      this.SUBRULE(this.query);
    });
  });
  readonly uncacheTable = this.RULE('uncacheTable', () => {
    this.CONSUME(kw('UNCACHE'));
    this.CONSUME(kw('TABLE'));
    this.OPTION({ GATE: () => this.existsClauseAt(), DEF: () => this.SUBRULE(this.ifExists) });
    this.SUBRULE(this.identifierReference);
  });
  readonly clearCache = this.RULE('clearCache', () => {
    this.CONSUME(kw('CLEAR'));
    this.CONSUME(kw('CACHE'));
  });
  readonly truncateTable = this.RULE('truncateTable', () => {
    this.CONSUME(kw('TRUNCATE'));
    this.CONSUME(kw('TABLE'));
    this.SUBRULE(this.identifierReference);
    this.OPTION(() => this.SUBRULE(this.partitionSpec));
  });
  readonly repairTable = this.RULE('repairTable', () => {
    this.OPTION(() => this.CONSUME(kw('MSCK')));
    this.CONSUME(kw('REPAIR'));
    this.CONSUME(kw('TABLE'));
    this.SUBRULE(this.identifierReference);
    this.OPTION2(() => {
      this.OR([
        { ALT: () => this.CONSUME(kw('ADD'), { LABEL: 'mode' }) },
        { ALT: () => this.CONSUME(kw('DROP'), { LABEL: 'mode' }) },
        { ALT: () => this.CONSUME(kw('SYNC'), { LABEL: 'mode' }) },
      ]);
      this.CONSUME(kw('PARTITIONS'));
    });
  });
  readonly analyzeTable = this.RULE('analyzeTable', () => {
    this.CONSUME(kw('ANALYZE'));
    this.CONSUME(kw('TABLE'));
    this.SUBRULE(this.identifierReference);
    this.OPTION(() => this.SUBRULE(this.partitionSpec));
    this.CONSUME(kw('COMPUTE'));
    this.CONSUME(kw('STATISTICS'));
    this.OPTION2(() => {
      this.OR({
        IGNORE_AMBIGUITIES: true,
        DEF: [
          {
            ALT: () => {
              this.CONSUME(kw('FOR'));
              this.OPTION3({ GATE: () => this.is(2, kw('COLUMNS')), DEF: () => this.CONSUME(kw('ALL')) });
              this.CONSUME(kw('COLUMNS'));
              this.MANY_SEP({ SEP: T.Comma, DEF: () => this.CONSUME(T.Word, { LABEL: 'column' }) });
            },
          },
          { ALT: () => this.CONSUME2(T.Word, { LABEL: 'noscan' }) },
        ],
      });
    });
  });
}
