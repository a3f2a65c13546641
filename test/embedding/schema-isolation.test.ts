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

const buildHostSchema = () => buildSchemaSync({ resolvers: [HostResolver], authChecker: () => true, validate: false });

describe('a host program with type-graphql classes of its own', () => {
  it('receives the documented schema from the package', async () => {
    const schema = await buildSchema();

    expect(Object.keys(schema.getTypeMap())).not.toContain('Order');
    expect(schema.getQueryType()?.getFields().profile?.type.toString()).toBe('User');
    expect(printSchema(schema)).not.toContain('nickname');
  });

  it('finds none of the classes of the package in its own schema or metadata', async () => {
    await buildSchema();
    const { queries, mutations, objectTypes, enums, unions, authorizedFields } =
      getMetadataStorage() as unknown as Record<string, { target?: unknown; schemaName?: string; name?: string }[]>;

    expect(Object.keys(buildHostSchema().getTypeMap()).filter(name => /SignedIn|Session|ErrorCode/.test(name))).toEqual(
      [],
    );
    expect(queries?.map(({ target }) => target)).not.toContain(AuthResolver);
    expect([mutations, enums, unions]).toEqual([[], [], []]);
    expect(objectTypes?.map(({ target }) => target)).toEqual([User, Order]);
    expect(authorizedFields).toHaveLength(2);
  });

  it('does not change the schema of the package when its own schema build fails', async () => {
    const before = printSchema(await buildSchema());
    @Resolver()
    class Broken {
      @Query(() => Symbol as never)
      broken(): string {
        return '';
      }
    }
    expect(() =>
      buildSchemaSync({ resolvers: [Broken], authChecker: () => false, nullableByDefault: true, validate: false }),
    ).toThrow();

    expect(printSchema(await buildSchema())).toBe(before);
  });

  it('runs the operations of both schemas in one process', async () => {
    const schema = await buildSchema();
    const auth = { logout: () => true, requestPasswordReset: () => {} };
    const contextValue = { services: { auth }, cookie: { clear: () => {} } };

    const [own, withArguments, host] = await Promise.all([
      graphql({ schema, source: 'mutation { logout }', contextValue }),
      graphql({ schema, source: 'mutation { requestPasswordReset(email: "ada@example.org") }', contextValue }),
      graphql({ schema: buildHostSchema(), source: '{ profile { nickname } orders { number } }' }),
    ]);

    expect([own.data, withArguments.data]).toEqual([{ logout: true }, { requestPasswordReset: true }]);
    expect(host.data).toEqual({ profile: { nickname: 'ada' }, orders: [{ number: '1' }] });
  });
});

describe('resolvers and types', () => {
  it('import the decorators that keep their metadata separate', async () => {
    const { readModules } = await import('../support/modules.ts');
    const importers = [...readModules().values()].filter(({ imports }) => imports.includes('type-graphql'));

    expect(importers.map(({ path }) => path).sort()).toEqual(['graphql/date-time.ts', 'graphql/decorators.ts']);
  });
});
