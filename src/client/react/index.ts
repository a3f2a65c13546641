export type { Mutate, MutationState, Outcome } from './mutation-hook.ts';
export * from './mutations.ts';
export { AuthProvider, useAuthClient } from './provider.ts';
export * from './queries.ts';
export type { ListState, QueryHookOptions, QueryState } from './query-hook.ts';
