import type { Environment } from '../../src/options/environment.ts';
import { ada, startApp } from '../support/app.ts';

/** The text and the HTML of a mail with a button. */
async function mailWith(env: Environment) {
  const app = await startApp({ env });
  try {
    await app.register(ada);
    const [mail] = await app.verificationMails();
    return { text: mail?.text ?? '', html: mail?.html ?? '', host: new URL(app.options.appUrl).host };
  } finally {
    await app.close();
  }
}

/** Background and text of the button: in light mode, then in dark mode. */
function buttonOf(html: string) {
  const [, background] = /<td bgcolor="(#[0-9a-f]{6})" style="background:\1;/.exec(html) ?? [];
  const [, text] = /;color:(#[0-9a-f]{6});font-weight:600/.exec(html) ?? [];
  const [, dark] = /\.button td \{ background: (#[0-9a-f]{6}) !important; \}/.exec(html) ?? [];
  const [, darkText] = /\.button a \{ color: (#[0-9a-f]{6}) !important; \}/.exec(html) ?? [];
  return [
    [background, text],
    [dark, darkText],
  ].map(pair => pair.map(String));
}

/** Contrast by WCAG 2.2, written down again from the standard. */
function contrast(one = '', other = ''): number {
  const [a, b] = [one, other].map(color => {
    const [r, g, b] = [1, 3, 5].map(at => {
      const c = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  }) as [number, number];
  return Math.max(a, b) / Math.min(a, b);
}

describe('the brand in mails', () => {
  it('is absent by default: the last line is the host of APP_URL', async () => {
    const { text, html, host } = await mailWith({});

    expect(text.trim().split('\n').at(-1)).toBe(host);
    expect(html).toContain(`>${host}</p>`);
    expect(buttonOf(html)[0]).toEqual(['#3350c4', '#ffffff']);
  });

  it('is the name in the last line, escaped in HTML', async () => {
    const { text, html, host } = await mailWith({ BIENVENUE_BRAND_NAME: ` Tom & "Ann" <script>$&{color} ` });

    expect(text.trim().split('\n').at(-1)).toBe(`Tom & "Ann" <script>$&{color} · ${host}`);
    expect(html).toContain(`>Tom &amp; &quot;Ann&quot; &lt;script&gt;$&amp;{color} · ${host}</p>`);
  });

  it('adds no image, whatever the logo', async () => {
    const { html } = await mailWith({ BIENVENUE_BRAND_LOGO: 'https://cdn.example.org/logo.svg' });

    expect(html).not.toMatch(/<img|cdn\.example\.org/);
  });

  it.each(['#3350c4', '#ffffff', '#000', '#FFD400', '#777777', '#0a7d4f', '#ff0000', '#00ffff', '#1c1f26'])(
    'colours the button %s, with words that can be read on it in light and dark mode',
    async color => {
      const [light = [], dark = []] = buttonOf((await mailWith({ BIENVENUE_BRAND_COLOR: color })).html);

      const digits = color.toLowerCase().slice(1);
      expect(light[0]).toBe(`#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`);
      expect(contrast(light[0], light[1])).toBeGreaterThanOrEqual(4.5);
      expect(contrast(dark[0], dark[1])).toBeGreaterThanOrEqual(4.5);
      expect(contrast(dark[0], '#1c1f26')).toBeGreaterThanOrEqual(4.5);
    },
  );
});
