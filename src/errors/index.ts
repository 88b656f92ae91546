export * from './conditions.js';
export * from './error.js';
export * from './places.js';
