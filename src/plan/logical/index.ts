export * from './commands.js';
export * from './join-type.js';
export * from './logical-plan.js';
export * from './operators.js';
export * from './relations.js';
export * from './table-identifier.js';
export * from './unresolved.js';
