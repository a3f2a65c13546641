import { readdirSync, readFileSync } from 'node:fs';
import {
  type GraphQLNamedType,
  getVariableValues,
  isIntrospectionType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { buildSchema } from '../src/graphql/schema.ts';
import { startApp } from './support/app.ts';
import { library, operation } from './support/operations.ts';

const schema = await buildSchema();
const fieldsOf = (type: GraphQLNamedType | null | undefined) =>
  isObjectType(type) ? Object.values(type.getFields()) : [];
const rootFields = [schema.getQueryType(), schema.getMutationType()].flatMap(fieldsOf);

describe('the documents in schema/operations', () => {
  const operations = library.definitions.filter(
    (node): node is OperationDefinitionNode => node.kind === 'OperationDefinition',
  );

  it('are valid, each file on its own', () => {
    for (const file of readdirSync('schema/operations'))
      expect(validate(schema, parse(readFileSync(`schema/operations/${file}`, 'utf8')))).toEqual([]);
  });

  it('cover every field of Query and Mutation, one per file', () => {
    const selected = operations.flatMap(({ selectionSet }) =>
      selectionSet.selections.map(field => 'name' in field && field.name.value),
    );

    expect(selected.toSorted()).toEqual(rootFields.map(({ name }) => name).toSorted());
    for (const { name, selectionSet } of operations) {
      expect(selectionSet.selections).toHaveLength(1);
      expect(name?.value).toMatch(/^[A-Z][A-Za-z]+$/);
    }
  });

  it('declare a variable for every argument, under its own name', () => {
    for (const { args, name } of rootFields) {
      const operation = operations.find(
        ({
          selectionSet: {
            selections: [field],
          },
        }) => field?.kind === 'Field' && field.name.value === name,
      );
      expect(operation?.variableDefinitions?.map(({ variable }) => variable.name.value)).toEqual(
        args.map(argument => argument.name),
      );
    }
  });

  it('select every field of every type', () => {
    const selected = new Set<string>();
    const info = new TypeInfo(schema);
    visit(
      library,
      visitWithTypeInfo(info, {
        Field: () => void selected.add(`${info.getParentType()}.${info.getFieldDef()?.name}`),
      }),
    );
    const all = Object.values(schema.getTypeMap())
      .filter(type => isObjectType(type) && !isIntrospectionType(type))
      .flatMap(type => fieldsOf(type).map(({ name }) => `${type}.${name}`));

    expect(all.filter(field => !selected.has(field))).toEqual([]);
  });
});

describe('the operations of the playground', () => {
  const groups: { operations: { name: string; variables?: Record<string, unknown> }[] }[] = JSON.parse(
    readFileSync('scripts/playground/operations.json', 'utf8'),
  );
  const listed = groups.flatMap(({ operations }) => operations);
  const definitionOf = (name: string) =>
    library.definitions.find(
      (node): node is OperationDefinitionNode => node.kind === 'OperationDefinition' && node.name?.value === name,
    );

  it('are those in schema/operations, each once, first register and last the administrators’', () => {
    const names = library.definitions.flatMap(node => (node.kind === 'OperationDefinition' ? [node.name?.value] : []));
    const order = listed.map(({ name }) => name);

    expect(order.toSorted()).toEqual(names.toSorted());
    expect(order.slice(0, 3)).toEqual(['Register', 'Login', 'Profile']);
    expect(order.findIndex(name => name.startsWith('Admin'))).toBe(
      order.length - names.filter(name => name?.startsWith('Admin')).length,
    );
  });

  it.each(listed)('have values for their variables: $name', ({ name, variables = {} }) => {
    const declared = definitionOf(name)?.variableDefinitions ?? [];

    const { errors } = getVariableValues(schema, declared, variables);

    expect(errors).toBeUndefined();
    const names = declared.map(({ variable }) => variable.name.value);
    expect(Object.keys(variables).filter(variable => !names.includes(variable))).toEqual([]);
    // The editor marks a missing value of a non-null type as an error, even if the variable has a default.
    const required = declared
      .filter(({ type }) => type.kind === 'NonNullType')
      .map(({ variable }) => variable.name.value);
    expect(required.filter(variable => !(variable in variables))).toEqual([]);
  });

  it('run as they are, in their order', async () => {
    const app = await startApp();
    const browser = app.browser();
    for (const { name, variables } of listed) {
      const { status, code } = await browser.send(operation(name), variables);
      expect([name, status]).toEqual([name, 200]);
      expect(code ?? '').not.toMatch(/GRAPHQL_|BAD_USER_INPUT|INTERNAL_SERVER_ERROR/);
    }
    await app.close();
  });
});
