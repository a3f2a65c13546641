import {
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** What one operation may contain, with its fragments expanded. */
export interface DocumentLimits {
  depth: number;
  aliases: number;
  /** Fields of Query or Mutation. */
  rootFields: number;
  fields: number;
  /** On one field. */
  directives: number;
  /** Of the whole document. */
  tokens: number;
}

/** After the OWASP GraphQL Cheat Sheet and ASVS 4.3.1; the operations of the package stay far below. */
export const DOCUMENT_LIMITS: DocumentLimits = {
  depth: 8,
  aliases: 15,
  rootFields: 10,
  fields: 500,
  directives: 10,
  tokens: 1000,
};

/**
 * Marks a mutation that checks a secret or costs a hash, a mail or an export, for `@Extensions()`. One operation may contain one of
 * them, so that one request cannot contain hundreds of attempts.
 */
export const CREDENTIAL_MUTATION = { credentials: true };

/** A validation rule that rejects documents beyond the limits. Credential mutations are those of `schema`. */
export function documentLimits(schema: GraphQLSchema, limits: DocumentLimits = DOCUMENT_LIMITS): ValidationRule {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const credentialMutations = new Set(
    mutations.filter(({ extensions }) => extensions.credentials === true).map(({ name }) => name),
  );
  return context => visitor(context, limits, credentialMutations);
}

function visitor(
  context: ValidationContext,
  limits: DocumentLimits,
  credentialMutations: ReadonlySet<string>,
): ASTVisitor {
  const measure = new DocumentMeasure(context, limits, credentialMutations);
  return {
    Document(document) {
      if (hasMoreTokens(document, limits.tokens))
        context.reportError(new GraphQLError(`This document has more than ${limits.tokens} tokens.`));
    },
    OperationDefinition(operation) {
      for (const message of measure.issues(operation))
        context.reportError(new GraphQLError(message, { nodes: operation }));
      return false;
    },
  };
}

function hasMoreTokens({ loc }: DocumentNode, limit: number): boolean {
  let count = 0;
  // The list begins and ends with a token that marks the start and the end of the file.
  for (let token = loc?.startToken.next; token?.next; token = token.next) if (++count > limit) return true;
  return false;
}

interface Size {
  depth: number;
  aliases: number;
  fields: number;
  /** Names of the fields at the root of the selection, with repetitions. */
  names: string[];
}

const EMPTY: Size = { depth: 0, aliases: 0, fields: 0, names: [] };

/** Measures operations without expanding fragments: each fragment is measured once, however often it is spread. */
class DocumentMeasure {
  private readonly fragments = new Map<string, Size>();
  private readonly maxNames: number;
  private directives = 0;

  constructor(
    private readonly context: ValidationContext,
    private readonly limits: DocumentLimits,
    private readonly credentialMutations: ReadonlySet<string>,
  ) {
    // Names beyond the limit do not change the result.
    this.maxNames = limits.rootFields + 1;
  }

  issues(operation: OperationDefinitionNode): string[] {
    const { depth, aliases, fields, names } = this.sizeOf(operation.selectionSet);
    const { limits } = this;
    const credentials =
      operation.operation === 'mutation' ? names.filter(name => this.credentialMutations.has(name)) : [];
    const issues: [boolean, string][] = [
      [depth > limits.depth, `This operation is nested deeper than ${limits.depth} levels.`],
      [aliases > limits.aliases, `This operation has more than ${limits.aliases} aliases.`],
      [names.length > limits.rootFields, `This operation has more than ${limits.rootFields} fields at its root.`],
      [fields > limits.fields, `This operation has more than ${limits.fields} fields.`],
      [this.directives > limits.directives, `A field of this operation has more than ${limits.directives} directives.`],
      [credentials.length > 1, `An operation may contain only one of these: ${[...new Set(credentials)].join(', ')}.`],
    ];
    return issues.filter(([exceeded]) => exceeded).map(([, message]) => message);
  }

  private sizeOf({ selections }: SelectionSetNode): Size {
    return selections
      .map(selection => this.sizeOfSelection(selection))
      .reduce((one, other) => this.sum(one, other), EMPTY);
  }

  private sizeOfSelection(selection: SelectionNode): Size {
    this.directives = Math.max(this.directives, selection.directives?.length ?? 0);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.sizeOfFragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.sizeOf(selection.selectionSet);
    const name = selection.name.value;
    const inner = selection.selectionSet ? this.sizeOf(selection.selectionSet) : EMPTY;
    const aliases = inner.aliases + (selection.alias ? 1 : 0);
    // Introspection is deep and broad by nature, and has its own switch.
    if (name.startsWith('__')) return { depth: 0, aliases, fields: 1, names: [name] };
    return { depth: inner.depth + 1, aliases, fields: inner.fields + 1, names: [name] };
  }

  private sizeOfFragment(name: string): Size {
    const known = this.fragments.get(name);
    if (known) return known;
    // A fragment that spreads itself counts as nothing here: another rule rejects it.
    this.fragments.set(name, EMPTY);
    const fragment: FragmentDefinitionNode | undefined | null = this.context.getFragment(name);
    const size = fragment ? this.sizeOf(fragment.selectionSet) : EMPTY;
    this.fragments.set(name, size);
    return size;
  }

  private sum(one: Size, other: Size): Size {
    return {
      depth: Math.max(one.depth, other.depth),
      aliases: one.aliases + other.aliases,
      fields: one.fields + other.fields,
      names: [...one.names, ...other.names].slice(0, this.maxNames),
    };
  }
}
