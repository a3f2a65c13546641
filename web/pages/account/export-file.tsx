import { useEffect, useRef, useState } from 'react';
import { useLanguage, useTexts } from '../../i18n/language.tsx';
import { dataTexts } from './data-texts.ts';

/** Offers an export as a download. It exists in this page only. */
export function ExportFile({ exported }: { exported: Record<string, unknown> }) {
  const text = useTexts(dataTexts);
  const language = useLanguage();
  const link = useRef<HTMLAnchorElement>(null);
  const [file, setFile] = useState<{ url: string; size: number }>();
  useEffect(() => {
    const blob = new Blob([JSON.stringify(exported, null, 2)], { type: 'application/json' });
    const url = URL.createObjectURL(blob);
    setFile({ url, size: blob.size });
    return () => URL.revokeObjectURL(url);
  }, [exported]);
  // The link replaces the button that had the focus.
  useEffect(() => {
    if (file) link.current?.focus();
  }, [file]);
  const kilobytes = new Intl.NumberFormat(language, { style: 'unit', unit: 'kilobyte' }).format(
    Math.ceil((file?.size ?? 0) / 1000),
  );
  const { exportedAt, incomplete } = exported;
  return (
    <>
      <p role="status">
        {text.dataReady} {Array.isArray(incomplete) && incomplete.length > 0 && text.dataIncomplete}
      </p>
      <div className="form-actions">
        <a
          ref={link}
          className="button button-primary"
          href={file?.url}
          download={`account-${String(exportedAt).slice(0, 10)}.json`}
        >
          {text.dataDownload(kilobytes)}
        </a>
      </div>
    </>
  );
}
