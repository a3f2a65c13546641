import { settings } from '../settings.ts';

/** Shows the operator's logo in the tab, or the first letter of the name in the operator's colour. */
export function showIcon(): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link) link.href = settings.brand.logo ?? `data:image/svg+xml,${encodeURIComponent(letterIcon())}`;
}

function letterIcon(): string {
  const { name, color } = settings.brand;
  const text = getComputedStyle(document.documentElement).getPropertyValue('--brand-text') || '#fff';
  const letter = document.createElement('text');
  letter.textContent = [...name][0]?.toUpperCase() ?? '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${color}"/>
<text x="16" y="22.5" text-anchor="middle" font-family="system-ui,sans-serif" font-weight="700" font-size="19" fill="${text}">${letter.innerHTML}</text></svg>`;
}
