/** The part of parquetjs-lite that memoframe uses; the package has no types. */
declare module 'parquetjs-lite' {
  interface FieldDefinition {
    type: string;
    optional?: boolean;
    compression?: string;
    statistics?: boolean;
  }
  interface SchemaField {
    name: string;
    originalType?: string | undefined;
    primitiveType?: string;
    isNested?: boolean;
    repetitionType: string;
  }
  export class ParquetSchema {
    constructor(schema: Record<string, FieldDefinition>);
    readonly fields: Record<string, SchemaField>;
  }
  interface FileMetadata {
    version: number;
  }
  export class ParquetEnvelopeReader {
    static openFile(path: string): Promise<ParquetEnvelopeReader>;
    readHeader(): Promise<void>;
    readFooter(): Promise<FileMetadata>;
    close(): Promise<void>;
  }
  export class ParquetReader {
    constructor(metadata: FileMetadata, envelope: ParquetEnvelopeReader, options?: { rawStatistics?: boolean });
    readonly schema: ParquetSchema;
    getCursor(columns?: readonly string[]): { nextRowGroup(): Promise<Record<string, unknown>[] | null> };
    close(): Promise<void>;
  }
  export class ParquetWriter {
    static openFile(
      schema: ParquetSchema,
      path: string,
      options?: { rowGroupSize?: number; useDataPageV2?: boolean },
    ): Promise<ParquetWriter>;
    appendRow(row: Record<string, unknown>): Promise<void>;
    close(): Promise<void>;
  }
}
