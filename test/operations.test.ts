import {
  type GraphQLNamedType,
  isIntrospectionType,
  isObjectType,
  type OperationDefinitionNode,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { buildSchema } from '../src/graphql/schema.ts';
import { library } from './support/operations.ts';

const schema = buildSchema();
const fieldsOf = (type: GraphQLNamedType | null | undefined) =>
  isObjectType(type) ? Object.values(type.getFields()) : [];
const rootFields = [schema.getQueryType(), schema.getMutationType()].flatMap(fieldsOf);

describe('the documents in schema/operations', () => {
  const operations = library.definitions.filter(
    (node): node is OperationDefinitionNode => node.kind === 'OperationDefinition',
  );

  it('are valid', () => {
    expect(validate(schema, library)).toEqual([]);
  });

  it('cover every operation, each in one of its own', () => {
    const asked = operations.flatMap(({ selectionSet }) =>
      selectionSet.selections.map(field => 'name' in field && field.name.value),
    );

    expect(asked.toSorted()).toEqual(rootFields.map(({ name }) => name).toSorted());
    for (const { name, selectionSet } of operations) {
      expect(selectionSet.selections).toHaveLength(1);
      expect(name?.value).toMatch(/^[A-Z][A-Za-z]+$/);
    }
  });

  it('can send every argument, under its own name', () => {
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

  it('ask for every field that there is', () => {
    const asked = new Set<string>();
    const info = new TypeInfo(schema);
    visit(
      library,
      visitWithTypeInfo(info, { Field: () => void asked.add(`${info.getParentType()}.${info.getFieldDef()?.name}`) }),
    );
    const all = Object.values(schema.getTypeMap())
      .filter(type => isObjectType(type) && !isIntrospectionType(type))
      .flatMap(type => fieldsOf(type).map(({ name }) => `${type}.${name}`));

    expect(all.filter(field => !asked.has(field))).toEqual([]);
  });
});
