import 'reflect-metadata';
import { graphql, printSchema } from 'graphql';
import { Authorized, buildSchemaSync, Field, getMetadataStorage, ID, ObjectType, Query, Resolver } from 'type-graphql';

/** Classes of a host program, registered before the package is loaded. Two of them have names that the package uses. */
@ObjectType()
class User {
  @Authorized()
  @Field(() => ID)
  nickname!: string;
}

@ObjectType()
class Order {
  @Field(() => String)
  number!: string;
}

@Resolver()
class HostResolver {
  @Authorized('CLERK')
  @Query(() => [Order])
  orders(): Order[] {
    return [{ number: '1' }];
  }

  @Query(() => User)
  profile(): User {
    return { nickname: 'ada' };
  }
}

const { buildSchema } = await import('../../src/graphql/schema.ts');
const { AuthResolver } = await import('../../src/auth/auth.resolver.ts');

@Resolver()
class Broken {
  @Query(() => Symbol as never)
  broken(): string {
    return '';
  }
}

const schema = await buildSchema();
const { queries, mutations, objectTypes, enums, unions, authorizedFields } = getMetadataStorage() as unknown as Record<
  string,
  { target?: unknown }[]
>;
const hostSchema = buildSchemaSync({ resolvers: [HostResolver], authChecker: () => true, validate: false });

function failsToBuild(): boolean {
  try {
    buildSchemaSync({ resolvers: [Broken], authChecker: () => false, nullableByDefault: true, validate: false });
    return false;
  } catch {
    return true;
  }
}

const auth = { logout: () => true, requestPasswordReset: () => {} };
const contextValue = { services: { auth }, cookie: { clear: () => {} } };
const dataOf = async (of: typeof schema, source: string) => (await graphql({ schema: of, source, contextValue })).data;

// What `schema-isolation.test.ts` expects of it.
const found = {
  packageSchema: printSchema(schema),
  hostTypes: Object.keys(hostSchema.getTypeMap()),
  hasQueriesOfPackage: queries?.some(({ target }) => target === AuthResolver),
  mutationsEnumsUnions: [mutations?.length, enums?.length, unions?.length],
  objectTypesAreTheHosts: String(objectTypes?.map(({ target }) => [User, Order].includes(target as typeof User))),
  authorizedFields: authorizedFields?.length,
  brokenFails: failsToBuild(),
  packageSchemaAfterwards: printSchema(await buildSchema()),
  data: await Promise.all([
    dataOf(schema, 'mutation { logout }'),
    dataOf(schema, 'mutation { requestPasswordReset(email: "ada@example.org") }'),
    dataOf(hostSchema, '{ profile { nickname } orders { number } }'),
  ]),
};
process.stdout.write(JSON.stringify(found));
