import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLocale } from '../core/locale.ts';
import { ConfigError } from '../options/define.ts';
import { LAYOUT, LAYOUT_PLACEHOLDERS } from './layout.ts';
import type { MailTemplate } from './mail-template.ts';
import { linksOf, parseText, placeholdersOf } from './mail-text.ts';

/** Gmail cuts mails above 102 KB off. */
const MAX_BYTES = 64 * 1024;

/** What mails are written with. */
export interface MailTemplates {
  templates: readonly MailTemplate[];
  /** The HTML around the words of every mail. */
  layout: string;
}

/**
 * Replaces texts of the built-in templates by the files `KIND.LANGUAGE.txt` of a folder, and the layout by `layout.html`.
 * Names that start with a dot are ignored. Throws ConfigError with every issue, each with the name of its file.
 */
export async function readTemplateFolder(
  folder: string | undefined,
  builtIn: readonly MailTemplate[],
): Promise<MailTemplates> {
  if (folder === undefined) return { templates: builtIn, layout: LAYOUT };
  const reader = new TemplateFolder(folder, builtIn);
  await reader.read();
  if (reader.issues.length > 0) throw new ConfigError(reader.issues);
  return { templates: [...reader.templates.values()], layout: reader.layout };
}

class TemplateFolder {
  readonly issues: string[] = [];
  readonly templates: Map<string, MailTemplate>;
  layout = LAYOUT;

  constructor(
    private readonly folder: string,
    builtIn: readonly MailTemplate[],
  ) {
    this.templates = new Map(builtIn.map(template => [template.kind, template]));
  }

  async read(): Promise<void> {
    const names = await readdir(this.folder).catch(() => undefined);
    if (!names) return this.refuse('the folder cannot be read; check the path and its permissions.');
    for (const name of names.filter(name => !name.startsWith('.')).sort()) await this.readTemplate(name);
  }

  private async readTemplate(name: string): Promise<void> {
    const [, kind = '', language = ''] = /^([^.]+)\.([^.]+)\.txt$/.exec(name) ?? [];
    const template = this.templates.get(kind);
    const issue =
      name === 'layout.html' ? undefined : kind === '' ? NAME_ISSUE : nameIssue(this.templates, kind, language);
    if (issue !== undefined) return this.refuse(`${name}: ${issue}`);

    const text = await this.readText(name);
    if (text === undefined) return;
    for (const issue of template ? textIssues(text, template) : layoutIssues(text)) this.refuse(`${name}: ${issue}`);
    if (!template) this.layout = text;
    else this.templates.set(kind, { ...template, texts: { ...template.texts, [language]: text } });
  }

  private async readText(name: string): Promise<string | undefined> {
    const path = join(this.folder, name);
    try {
      const { size } = await stat(path);
      if (size > MAX_BYTES) this.refuse(`${name}: larger than 64 KiB; make it shorter.`);
      else return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    } catch (error) {
      const isEncoding = (error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
      this.refuse(`${name}: ${isEncoding ? 'not UTF-8; use UTF-8.' : 'cannot be read; check its permissions.'}`);
    }
    return undefined;
  }

  private refuse(issue: string): void {
    this.issues.push(`BIENVENUE_MAIL_TEMPLATES: ${issue}`);
  }
}

const NAME_ISSUE = 'not the name of a template; use KIND.LANGUAGE.txt or layout.html, or remove it.';

function nameIssue(templates: ReadonlyMap<string, MailTemplate>, kind: string, language: string): string | undefined {
  if (!templates.has(kind)) return `there is no mail of this kind; use one of ${[...templates.keys()].join(', ')}.`;
  const known = parseLocale(language) === language && Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
  if (!known) return 'not the tag of a known language; use one such as fr or pt-BR.';
  return undefined;
}

/** The English text of a mail tells which values it has, and which of them are links. */
function textIssues(source: string, { texts }: MailTemplate): string[] {
  const { subject, paragraphs } = parseText(source);
  const [known, links] = [placeholdersOf(texts.en), linksOf(texts.en)];
  const targets = paragraphs.flatMap(part => (typeof part === 'string' ? [] : [part.target]));
  const isTarget = (target: string) => links.some(link => target === `{${link}}`) || /^https?:\/\/[^{}]+$/.test(target);
  const checks: [boolean, string][] = [
    [subject === '' || paragraphs.length === 0, 'needs a subject in the first line, and a paragraph after it.'],
    [
      placeholdersOf(subject).some(name => links.includes(name)),
      'the subject can be read in transit and in notifications; remove the link from it.',
    ],
    ...unknownPlaceholders(source, known),
    ...links
      .filter(link => !targets.includes(`{${link}}`))
      .map((link): [boolean, string] => [true, `needs the link, as a paragraph of its own: [label]({${link}}).`]),
    [!targets.every(isTarget), 'a button needs a link of the mail or an https address as its target.'],
  ];
  return checks.filter(([broken]) => broken).map(([, sentence]) => sentence);
}

function layoutIssues(layout: string): string[] {
  const checks: [boolean, string][] = [
    [!placeholdersOf(layout).includes('content'), 'needs {content}, where the words of the mail go.'],
    ...unknownPlaceholders(layout, LAYOUT_PLACEHOLDERS),
  ];
  return checks.filter(([broken]) => broken).map(([, sentence]) => sentence);
}

function unknownPlaceholders(source: string, known: readonly string[]): [boolean, string][] {
  const advice = known.length > 0 ? `use ${known.map(name => `{${name}}`).join(', ')}` : 'the mail has no values';
  return placeholdersOf(source)
    .filter(name => !known.includes(name))
    .map(name => [true, `there is no {${name}}; ${advice}, or remove it.`]);
}
