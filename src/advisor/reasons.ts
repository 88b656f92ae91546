/** Why something that is repeated, or a whole workload, gets no advice to cache. A closed list; `docs/advisor.md` describes each. */
export const REFUSALS = {
  NOTHING_REPEATED: 'No part of the workload is computed twice.',
  SOURCE_CHEAP: 'Making it anew costs too little for a cache to pay.',
  NO_SAVING: 'Measured with it cached, the queries were not faster.',
  NEVER_PAYS: 'Filling the cache costs more than it saves in the runs expected.',
  OVER_BUDGET: 'It does not fit what is left of the budget, and from disk it saves nothing.',
  COVERED: 'A larger plan that is advised, or cached already, answers the queries that it would.',
  ALREADY_CACHED: 'It is cached already.',
  NONDETERMINISTIC:
    'It is not deterministic: cached, it would freeze what each query draws anew, and its text never hits.',
  CTE_IDENTITY: 'It reads a CTE, which has a new identity in each text.',
  CARTESIAN: 'It is a join without a condition of its own: all pairs of rows.',
  LOCAL_DATA: 'Its rows are in memory already, or are made from nothing.',
  TOO_LARGE: 'Its rows are many times what the budget holds; it was not tried.',
} as const;
export type RefusalReason = keyof typeof REFUSALS;
