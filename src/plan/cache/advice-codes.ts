/** Why caching a plan cannot pay, or not as it was asked for. A closed list; `docs/cache.md` explains each. */
export const CACHE_ADVICE = {
  ALREADY_CACHED: 'the result is cached already: level, name and time to live stay; unpersist it first to change them',
  LOCAL_DATA:
    'the rows are in memory already, or are made from nothing: reading them from the cache costs as much as making them',
  CACHED_BELOW: 'the plan only filters or selects from what another entry holds: that entry answers it nearly as fast',
  LARGER_THAN_MEMORY:
    'the estimated size exceeds what storage may hold, and the level has no disk: blocks that do not fit are computed at each use',
  NONDETERMINISTIC:
    'the plan is not deterministic: where no seed is given, a text gets another one whenever it is analyzed, so that only queries built on this same DataFrame object hit',
  CTE_IDENTITY:
    'the plan holds a CTE, which gets a new identity whenever its text is analyzed: only queries built on this same DataFrame object hit',
  REPLICAS_WITHOUT_PEERS: 'the level asks for more copies than there are executors',
  NO_OFF_HEAP_MEMORY: 'the level is OFF_HEAP and spark.memory.offHeap.enabled is off: every block goes to disk',
} as const;

export type CacheAdviceCode = keyof typeof CACHE_ADVICE;
