const HIDDEN = '[not included in comparison]';
/** The last part of the warehouse folder: Spark's suite names its own after the class, and the recordings hide up to it. */
export const WAREHOUSE_NAME = 'org.apache.spark.sql.SQLQueryTestSuite';
const NAME = WAREHOUSE_NAME.replaceAll('.', '\\.');

const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/#\d+/g, '#x'],
  [/plan_id=\d+/g, 'plan_id=x'],
  [new RegExp(`Location.*${NAME}/`, 'g'), `Location ${HIDDEN}/{warehouse_dir}/`],
  [new RegExp(`file:[^\\s,]*${NAME}`, 'g'), `file:${HIDDEN}/{warehouse_dir}`],
  [/Created By.*/g, `Created By ${HIDDEN}`],
  [/Created Time.*/g, `Created Time ${HIDDEN}`],
  [/Last Access.*/g, `Last Access ${HIDDEN}`],
  [/Owner\t.*/g, `Owner\t${HIDDEN}`],
  [/Partition Statistics\t\d+/g, `Partition Statistics\t${HIDDEN}`],
  [/CTERelationDef \d+,/g, 'CTERelationDef xxxx,'],
  [/CTERelationRef \d+,/g, 'CTERelationRef xxxx,'],
  [/@\w*,/g, '@xxxxxxxx,'],
  [/\*\(\d+\) /g, '*'],
  [new RegExp(`"location":.*?${NAME}/`, 'g'), `"location": "${HIDDEN}/{warehouse_dir}/`],
  [/"created_by":".*?"/g, `"created_by ${HIDDEN}":"None"`],
  [/"created_time":".*?"/g, `"created_time ${HIDDEN}":"None"`],
  [/transient_lastDdlTime=\d+/g, `transient_lastDdlTime=${HIDDEN}`],
  [/"transient_lastDdlTime":"\d+"/g, `"transient_lastDdlTime ${HIDDEN}":"None"`],
  [/"last_access":".*?"/g, `"last_access ${HIDDEN}":"None"`],
  [/"owner":".*?"/g, `"owner ${HIDDEN}":"None"`],
  [/"partition_statistics":"\d+"/g, `"partition_statistics ${HIDDEN}":"None"`],
  [/cterelationdef \d+,/g, 'cterelationdef xxxx,'],
  [/cterelationref \d+,/g, 'cterelationref xxxx,'],
];

/** Text without what differs from run to run. Spark: `SQLQueryTestHelper.replaceNotIncludedMsg`. */
export function hideVolatile(text: string): string {
  let out = text;
  for (const [pattern, by] of REPLACEMENTS) out = out.replace(pattern, by);
  return out;
}
