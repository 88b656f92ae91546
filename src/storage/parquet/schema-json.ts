import { type StructType, typeFromJson, typeToJson } from '../../types/index.js';

/** Reads the schema text that Spark stores in Parquet footers. @returns undefined if the text is not a struct this engine knows */
export function schemaFromJson(text: string): StructType | undefined {
  try {
    const type = typeFromJson(JSON.parse(text));
    return type.kind === 'struct' ? type : undefined;
  } catch {
    return undefined;
  }
}

/** The text that Spark stores for a schema. */
export function schemaToJson(schema: StructType): string {
  return JSON.stringify(typeToJson(schema));
}
