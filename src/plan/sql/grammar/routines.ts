import type { CstNode, IOrAlt } from 'chevrotain';
import * as T from '../tokens.js';
import { kw } from '../tokens.js';
import type { Rule } from './base.js';
import { QueryGrammar } from './queries.js';

/** Rules for session variables, functions and EXECUTE IMMEDIATE. */
export abstract class RoutineGrammar extends QueryGrammar {
  abstract readonly columnDefinition: Rule;
  abstract readonly columnOption: Rule;
  abstract readonly ifExists: Rule;
  abstract readonly ifNotExists: Rule;

  /** `IF [NOT] EXISTS` rather than an object named `if`. */
  protected existsClauseAt(): boolean {
    return this.is(2, kw('NOT')) || this.is(2, T.Bang) || this.is(2, kw('EXISTS'));
  }

  readonly declareVariable = this.RULE('declareVariable', () => {
    this.CONSUME(kw('DECLARE'));
    this.OPTION({
      GATE: () => this.is(2, kw('REPLACE')),
      DEF: () => {
        this.CONSUME(kw('OR'));
        this.CONSUME(kw('REPLACE'));
      },
    });
    this.OPTION2({
      GATE: () => this.isWord(2) && !this.is(2, kw('DEFAULT')),
      DEF: () => this.CONSUME(kw('VARIABLE')),
    });
    this.SUBRULE(this.identifierReference);
    this.OPTION3({ GATE: () => !this.is(1, kw('DEFAULT')), DEF: () => this.SUBRULE(this.dataType) });
    this.OPTION4(() => {
      this.OR([{ ALT: () => this.CONSUME(kw('DEFAULT')) }, { ALT: () => this.CONSUME(T.Eq) }]);
      this.SUBRULE(this.expression);
    });
  });

  /** The other forms of SET take raw text and are read by `set-command.ts`. */
  readonly setVariable = this.RULE('setVariable', () => {
    this.CONSUME(kw('SET'));
    this.CONSUME(kw('VARIABLE'));
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.LParen);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.multipartIdentifier) });
          this.CONSUME(T.RParen);
          this.CONSUME(T.Eq);
          this.CONSUME2(T.LParen);
          this.SUBRULE(this.query);
          this.CONSUME2(T.RParen);
        },
      },
      { ALT: () => this.SUBRULE(this.assignmentList) },
    ]);
  });

  readonly executeImmediate = this.RULE('executeImmediate', () => {
    this.CONSUME(kw('EXECUTE'));
    this.CONSUME(kw('IMMEDIATE'));
    this.OR([
      { ALT: () => this.AT_LEAST_ONE(() => this.CONSUME(T.StringLit)) },
      { ALT: () => this.SUBRULE(this.multipartIdentifier, { LABEL: 'variable' }) },
    ]);
    this.OPTION(() => {
      this.CONSUME(kw('INTO'));
      this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE2(this.multipartIdentifier, { LABEL: 'target' }) });
    });
    this.OPTION2(() => {
      this.CONSUME(kw('USING'));
      this.OR2({
        IGNORE_AMBIGUITIES: true,
        DEF: [
          {
            GATE: () => {
              const close = this.closing(1);
              return close > 0 && (this.LA(close + 1).tokenType.name === 'EOF' || this.is(close + 1, T.Semicolon));
            },
            ALT: () => {
              this.CONSUME(T.LParen);
              this.SUBRULE(this.namedExpressionSeq);
              this.CONSUME(T.RParen);
            },
          },
          { ALT: () => this.SUBRULE2(this.namedExpressionSeq) },
        ],
      });
    });
  });

  /** After `CREATE [OR REPLACE] [TEMPORARY]`. */
  readonly createFunction = this.RULE('createFunction', () => {
    this.CONSUME(kw('FUNCTION'));
    this.OPTION({ GATE: () => this.existsClauseAt(), DEF: () => this.SUBRULE(this.ifNotExists) });
    this.SUBRULE(this.identifierReference);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(kw('AS'));
          this.CONSUME(T.StringLit, { LABEL: 'className' });
          this.OPTION2(() => {
            this.CONSUME(kw('USING'));
            this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.functionResource) });
          });
        },
      },
      { ALT: () => this.SUBRULE(this.functionDefinition) },
    ]);
  });
  readonly functionResource = this.RULE('functionResource', () => {
    this.CONSUME(T.Word);
    this.CONSUME(T.StringLit);
  });

  readonly functionDefinition = this.RULE('functionDefinition', () => {
    this.CONSUME(T.LParen);
    this.MANY_SEP({
      SEP: T.Comma,
      DEF: () => this.SUBRULE(this.columnDefinition, { LABEL: 'parameter' }),
    });
    this.CONSUME(T.RParen);
    this.OPTION({
      GATE: () => !(this.is(2, kw('NULL')) && this.is(3, kw('ON'))),
      DEF: () => {
        this.CONSUME(kw('RETURNS'));
        this.SUBRULE(this.returnType);
      },
    });
    this.MANY(() => this.SUBRULE(this.characteristic));
    this.CONSUME(kw('RETURN'));
    this.OR2({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        { GATE: () => this.queryAt(1), ALT: () => this.SUBRULE(this.query) },
        { ALT: () => this.SUBRULE(this.expression) },
      ],
    });
  });
  readonly returnType = this.RULE('returnType', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          ALT: () => {
            this.CONSUME(kw('TABLE'));
            this.OPTION(() => {
              this.CONSUME(T.LParen);
              this.AT_LEAST_ONE_SEP({
                SEP: T.Comma,
                DEF: () => this.SUBRULE(this.returnColumn, { LABEL: 'column' }),
              });
              this.CONSUME(T.RParen);
            });
          },
        },
        { ALT: () => this.SUBRULE(this.dataType) },
      ],
    });
  });

  readonly returnColumn = this.RULE('returnColumn', () => {
    this.CONSUME(T.Word, { LABEL: 'name' });
    this.SUBRULE(this.dataType);
    this.MANY({
      GATE: () => this.is(1, kw('NOT')) || this.is(1, kw('COMMENT')),
      DEF: () => this.SUBRULE(this.columnOption),
    });
  });

  readonly characteristic = this.RULE('characteristic', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(kw('LANGUAGE'), { LABEL: 'kind' });
          this.CONSUME(T.Word, { LABEL: 'name' });
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('SPECIFIC'), { LABEL: 'kind' });
          this.CONSUME2(T.Word, { LABEL: 'name' });
        },
      },
      { ALT: () => this.CONSUME(kw('DETERMINISTIC'), { LABEL: 'kind' }) },
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.CONSUME(kw('NOT')) }, { ALT: () => this.CONSUME(T.Bang) }]);
          this.CONSUME2(kw('DETERMINISTIC'), { LABEL: 'kind' });
        },
      },
      {
        ALT: () => {
          this.OR3([
            { ALT: () => this.CONSUME(kw('NO'), { LABEL: 'access' }) },
            { ALT: () => this.CONSUME(kw('CONTAINS'), { LABEL: 'access' }) },
            { ALT: () => this.CONSUME(kw('READS'), { LABEL: 'access' }) },
            { ALT: () => this.CONSUME(kw('MODIFIES'), { LABEL: 'access' }) },
          ]);
          this.CONSUME(kw('SQL'), { LABEL: 'kind' });
          this.OPTION(() => this.CONSUME(kw('DATA')));
        },
      },
      {
        ALT: () => {
          this.OR4([{ ALT: () => this.CONSUME(kw('RETURNS')) }, { ALT: () => this.CONSUME(kw('CALLED')) }]);
          this.OPTION2(() => this.CONSUME(kw('NULL')));
          this.CONSUME(kw('ON'));
          this.CONSUME2(kw('NULL'));
          this.CONSUME(kw('INPUT'), { LABEL: 'kind' });
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('COMMENT'), { LABEL: 'kind' });
          this.CONSUME(T.StringLit);
        },
      },
      {
        ALT: () => {
          this.CONSUME2(kw('SQL'));
          this.CONSUME(kw('SECURITY'), { LABEL: 'kind' });
          this.OR5([{ ALT: () => this.CONSUME(kw('INVOKER')) }, { ALT: () => this.CONSUME(kw('DEFINER')) }]);
        },
      },
    ] as IOrAlt<CstNode>[]);
  });
}
