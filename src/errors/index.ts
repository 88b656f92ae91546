export * from './conditions.js';
export * from './error.js';
