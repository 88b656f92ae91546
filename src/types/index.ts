export * from './data-type.js';
export * from './value.js';
