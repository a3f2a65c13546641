import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/**
 * What one operation may ask, with its fragments written out. Numbers: OWASP GraphQL Cheat Sheet, ASVS 4.3.1; all of
 * our own documents stay far below.
 */
export const DOCUMENT_LIMITS = { depth: 8, aliases: 15, rootFields: 10, fields: 500, directives: 10, tokens: 1000 };

/** Marks a mutation that takes a guess or costs a hash or a mail: one of them an operation. For @Extensions. */
export const CREDENTIAL_MUTATION = { credentials: true };

/** Refuses, before anything runs, what asks for too much. A validation rule. */
export function documentLimits(context: ValidationContext): ASTVisitor {
  const measure = new DocumentMeasure(context);
  return {
    OperationDefinition(operation) {
      for (const sentence of measure.faults(operation))
        context.reportError(new GraphQLError(sentence, { nodes: operation }));
      return false;
    },
  };
}

interface Size {
  depth: number;
  aliases: number;
  fields: number;
  /** Names at the root of the selection, as often as they would be asked. */
  names: string[];
}

const NOTHING: Size = { depth: 0, aliases: 0, fields: 0, names: [] };

/** Adds up a document without writing its fragments out: each is measured once, however often it is spread. */
class DocumentMeasure {
  private readonly fragments = new Map<string, Size>();
  private directives = 0;

  constructor(private readonly context: ValidationContext) {}

  faults(operation: OperationDefinitionNode): string[] {
    const { depth, aliases, fields, names } = this.sizeOf(operation.selectionSet);
    const credentials = names.filter(name => this.takesCredentials(operation, name));
    const most = DOCUMENT_LIMITS;
    const faults: [boolean, string][] = [
      [depth > most.depth, `This operation is nested deeper than ${most.depth} levels.`],
      [aliases > most.aliases, `This operation has more than ${most.aliases} aliases.`],
      [names.length > most.rootFields, `This operation asks for more than ${most.rootFields} fields at its root.`],
      [fields > most.fields, `This operation asks for more than ${most.fields} fields.`],
      [this.directives > most.directives, `A field of this operation has more than ${most.directives} directives.`],
      [credentials.length > 1, `An operation may do one of these at a time: ${[...new Set(credentials)].join(', ')}.`],
    ];
    return faults.filter(([tooMuch]) => tooMuch).map(([, sentence]) => sentence);
  }

  private takesCredentials({ operation }: OperationDefinitionNode, name: string): boolean {
    const type = this.context.getSchema().getRootType(operation);
    return type?.getFields()[name]?.extensions.credentials === true;
  }

  private sizeOf({ selections }: SelectionSetNode): Size {
    return selections.map(selection => this.sizeOfSelection(selection)).reduce(sum, NOTHING);
  }

  private sizeOfSelection(selection: SelectionNode): Size {
    this.directives = Math.max(this.directives, selection.directives?.length ?? 0);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.sizeOfFragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.sizeOf(selection.selectionSet);
    const name = selection.name.value;
    const inner = selection.selectionSet ? this.sizeOf(selection.selectionSet) : NOTHING;
    const aliases = inner.aliases + (selection.alias ? 1 : 0);
    // Introspection is deep and broad by nature, and has a switch of its own.
    if (name.startsWith('__')) return { depth: 0, aliases, fields: 1, names: [name] };
    return { depth: inner.depth + 1, aliases, fields: inner.fields + 1, names: [name] };
  }

  private sizeOfFragment(name: string): Size {
    const known = this.fragments.get(name);
    if (known) return known;
    // A fragment that spreads itself counts as nothing here: another rule refuses it.
    this.fragments.set(name, NOTHING);
    const fragment: FragmentDefinitionNode | undefined | null = this.context.getFragment(name);
    const size = fragment ? this.sizeOf(fragment.selectionSet) : NOTHING;
    this.fragments.set(name, size);
    return size;
  }
}

/** One name more than the limit says as much as a million. */
const MOST_NAMES = DOCUMENT_LIMITS.rootFields + 1;

const sum = (one: Size, other: Size): Size => ({
  depth: Math.max(one.depth, other.depth),
  aliases: one.aliases + other.aliases,
  fields: one.fields + other.fields,
  names: [...one.names, ...other.names].slice(0, MOST_NAMES),
});
