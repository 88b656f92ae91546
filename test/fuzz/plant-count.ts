/** How many bugs `plants.ts` holds; apart, since that file belongs to the engine's bundle. */
export const PLANT_COUNT = 10;
