import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { mailableAddress, parseEmail } from '../../src/auth/email-address.ts';

/** Only these can be dropped: the mapping keeps other letters, and refuses characters that Unicode does not assign. */
const CAN_BE_DROPPED = /^(?:\p{Default_Ignorable_Code_Point}|[^\p{Lo}\p{Cn}\p{Co}\p{Cs}])$/u;

/** Characters that Node's IDNA mapping drops without an error, tab and line breaks included. */
const DROPPED_BY_IDNA = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code))
  .filter(character => CAN_BE_DROPPED.test(character))
  .filter(character => domainToASCII(`ab${character}cd.example`) === 'abcd.example');

const codePoint = fc.oneof(
  fc.constantFrom(...DROPPED_BY_IDNA),
  fc.constantFrom(...'aAzé@. -+ßĸЖ例ａ。ſᎠꭰ\u0301\u200d\u0130'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const text = fc.string({ unit: codePoint, maxLength: 8 });
/** Mostly addresses, with any characters anywhere. */
const candidate = fc
  .tuple(
    text,
    fc.constantFrom('a', 'Ada', 'é'),
    text,
    fc.constantFrom('@', ''),
    text,
    fc.constantFrom('b.example', 'Bücher.example'),
    text,
  )
  .map(parts => parts.join(''));
const candidates = fc.oneof({ weight: 3, arbitrary: candidate }, text, fc.emailAddress());
const RUNS = { numRuns: 1000 };

const domainOf = (address: string) => address.slice(address.indexOf('@') + 1);

describe('an accepted e-mail address', () => {
  it('ID-4: is the same account as the text that was typed', () => {
    fc.assert(
      fc.property(candidates, input => {
        const parsed = parseEmail(input);
        fc.pre(parsed !== null);
        expect(parseEmail(parsed.address)).toEqual(parsed);
        expect(domainToASCII(domainOf(parsed.address))).toBe(domainOf(parsed.canonical));
      }),
      RUNS,
    );
  });

  it('ID-4: depends on every character of the text but the spaces around it', () => {
    fc.assert(
      fc.property(candidates, input => {
        const parsed = parseEmail(input);
        fc.pre(parsed !== null);
        const characters = [...input.replace(/^ +| +$/g, '')];
        const without = (index: number) => parseEmail(characters.toSpliced(index, 1).join(''));
        const ignored = characters.filter((_, index) => without(index)?.canonical === parsed.canonical);
        expect(ignored).toEqual([]);
      }),
      RUNS,
    );
  });

  it('ID-4: is sent to the host that was checked', async () => {
    const transport = createTransport({ streamTransport: true });
    await fc.assert(
      fc.asyncProperty(candidates, async input => {
        const parsed = parseEmail(input);
        fc.pre(parsed !== null);
        const { envelope } = await transport.sendMail({ to: parsed.address, text: '' });
        expect(envelope.to.map(to => domainToASCII(domainOf(to)))).toEqual([domainOf(parsed.canonical)]);
      }),
      RUNS,
    );
  });
});

describe('a character that the IDNA mapping drops', () => {
  it('ID-3: is refused everywhere in an address', () => {
    expect(DROPPED_BY_IDNA).toEqual(expect.arrayContaining(['\n', '\r', '\t', '\u00ad', '\u200b', '\ufe0f', '\ufeff']));
    for (const character of DROPPED_BY_IDNA) {
      for (const address of [
        'a*@b.example',
        '*a@b.example',
        'a@*b.example',
        'a@b.exam*ple',
        'a@b.example*',
        '*a@b.example',
      ])
        expect(parseEmail(address.replace('*', character))).toBeNull();
    }
  });
});

describe('an address stored by an earlier version', () => {
  it.each(['victim@example.co\nm', 'victim@example.co\u00adm', 'victim@example.co', 'not an address'])(
    'ID-4: gets no mail when it is not the address of its account: %j',
    email => {
      expect(mailableAddress({ email, canonicalEmail: 'victim@example.com' })).toBeNull();
    },
  );

  it('ID-4: still gets mail when only the case of its domain differs', () => {
    expect(mailableAddress({ email: 'Mary@Geneva.Example', canonicalEmail: 'mary@geneva.example' })).toBe(
      'Mary@geneva.example',
    );
  });
});
