import * as v from 'valibot';

/** One option: its check, its default, its names and its documentation. */
export interface OptionDefinition<Input, Output> {
  /** The name of the environment variable; the name with `_FILE` names a file that holds the value. */
  readonly env: string;
  readonly schema: v.GenericSchema<Input, Output>;
  /** A value, or how it follows from the options above it in the list. */
  readonly default: NoInfer<Output> | ((options: EarlierOptions) => NoInfer<Output>);
  /** The default as the documentation shows it. */
  readonly shown: string;
  /** What it sets, in one line of Markdown. */
  readonly description: string;
}

/** The options that defaults of later options depend on. */
interface EarlierOptions {
  readonly port: number;
  readonly publicUrl: string;
  readonly sessionLifetime: number;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of definitions has definitions of every type.
export type OptionDefinitions = Record<string, OptionDefinition<any, any>>;

/** What a host program may pass: every option is optional, as its own type or in the notation of the environment. */
export type InputOf<D extends OptionDefinitions> = {
  readonly [K in keyof D]?: v.InferInput<D[K]['schema']> | undefined;
};

/** The checked values. */
export type OutputOf<D extends OptionDefinitions> = { readonly [K in keyof D]: v.InferOutput<D[K]['schema']> };

/** Infers the types of one option. */
export const option = <Input, Output>(definition: OptionDefinition<Input, Output>) => definition;

/** The options were refused: one sentence per issue, each naming the option and what to do. It contains no values. */
export class ConfigError extends Error {
  constructor(readonly issues: readonly string[]) {
    super(issues.join('\n'));
    this.name = 'ConfigError';
  }
}

/** Checks a set of options and collects all issues. */
export class OptionsCheck<D extends OptionDefinitions> {
  readonly issues: string[] = [];
  private readonly refused = new Set<keyof D>();

  /** `nameOf`: the option's name in the source of the values, such as `smtpUrl` or `SMTP_URL`. */
  constructor(
    private readonly definitions: D,
    private readonly input: Readonly<Record<string, unknown>>,
    readonly nameOf: (key: keyof D & string) => string,
  ) {}

  /** Checks every value. A missing or refused option gets its default, so that the others can still be checked. */
  values(): OutputOf<D> {
    const values: Record<string, unknown> = {};
    for (const key of Object.keys(this.definitions)) values[key] = this.value(key, values);
    return values as OutputOf<D>;
  }

  isGiven(key: keyof D & string): boolean {
    return this.input[key] !== undefined;
  }

  isRefused(key: keyof D): boolean {
    return this.refused.has(key);
  }

  private value(key: string, earlier: Record<string, unknown>): unknown {
    const { schema, default: fallback } = this.definitions[key] as D[string];
    if (this.isGiven(key)) {
      const result = v.safeParse(schema, this.input[key]);
      if (result.success) return result.output;
      this.refused.add(key);
      this.issues.push(`${this.nameOf(key)}: ${result.issues[0].message}`);
    }
    return typeof fallback === 'function' ? fallback(earlier) : fallback;
  }
}

/** Makes a value and all that it contains immutable. */
export function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part && typeof part === 'object') freeze(part);
  return Object.freeze(value);
}
