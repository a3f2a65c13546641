import * as typeGraphql from 'type-graphql';

// type-graphql keeps what its decorators collect in one global, for every class of the process. The classes of this
// package are collected in a storage of their own, so that neither schema can break the other: an `@Authorized()`
// anywhere in the global makes every buildSchema() without an `authChecker` throw. Resolvers and types import from
// here, never from 'type-graphql'.

type MetadataStorage = ReturnType<typeof typeGraphql.getMetadataStorage>;

const registry = globalThis as { TypeGraphQLMetadataStorage?: MetadataStorage };
let ownStorage: MetadataStorage | undefined;

/** Runs synchronous code of type-graphql on our metadata instead of the host program's. */
function withOwnMetadata<T>(run: () => T): T {
  const hostStorage = registry.TypeGraphQLMetadataStorage;
  registry.TypeGraphQLMetadataStorage = ownStorage;
  try {
    return run();
  } finally {
    ownStorage = registry.TypeGraphQLMetadataStorage;
    registry.TypeGraphQLMetadataStorage = hostStorage;
  }
}

type Callable = (...parameters: never[]) => unknown;

/** The same function, collecting into our storage, also when it returns a decorator. */
function isolated<F extends Callable>(original: F): F {
  const wrapped = (...parameters: never[]) => {
    const result = withOwnMetadata(() => original(...parameters));
    return typeof result === 'function' ? isolated(result as Callable) : result;
  };
  return wrapped as F;
}

export const Arg = isolated(typeGraphql.Arg);
export const Args = isolated(typeGraphql.Args);
export const ArgsType = isolated(typeGraphql.ArgsType);
export const Authorized = isolated(typeGraphql.Authorized);
export const Ctx = isolated(typeGraphql.Ctx);
export const Extensions = isolated(typeGraphql.Extensions);
export const Field = isolated(typeGraphql.Field);
export const FieldResolver = isolated(typeGraphql.FieldResolver);
export const Mutation = isolated(typeGraphql.Mutation);
export const ObjectType = isolated(typeGraphql.ObjectType);
export const Query = isolated(typeGraphql.Query);
export const Resolver = isolated(typeGraphql.Resolver);
export const Root = isolated(typeGraphql.Root);
export const createUnionType = isolated(typeGraphql.createUnionType);
export const registerEnumType = isolated(typeGraphql.registerEnumType);
export { type BuildSchemaOptions, ID, Int } from 'type-graphql';

/** type-graphql's buildSchemaSync on our classes alone. */
export function buildSchemaSync(options: typeGraphql.BuildSchemaOptions) {
  const schema = withOwnMetadata(() => typeGraphql.buildSchemaSync(options));
  shareArgumentTypes();
  return schema;
}

/**
 * While an operation runs, type-graphql looks up argument classes in the global. They enter no host schema unless a
 * resolver there uses them.
 */
function shareArgumentTypes(): void {
  const host = typeGraphql.getMetadataStorage();
  for (const list of ['argumentTypes', 'inputTypes'] as const)
    host[list] = [...new Set([...host[list], ...(ownStorage?.[list] ?? [])])];
}
