import { clockTime, dateText, dateTimeText, relativeTime } from './dates.ts';
import { useLanguage } from './language.tsx';
import type { Language } from './texts.ts';

interface TimeProps {
  /** ISO 8601. */
  at: string;
}

const FORMATS = { date: dateText, dateTime: dateTimeText, clock: clockTime } as const;

/** A point in time. Its title has day and time, whatever the format shows. */
export function Time({ at, format }: TimeProps & { format: keyof typeof FORMATS }) {
  const language = useLanguage();
  return <TimeElement at={at} language={language} text={FORMATS[format](language, at)} />;
}

/** How long ago it was, when the page was shown. */
export function RelativeTime({ at }: TimeProps) {
  const language = useLanguage();
  return <TimeElement at={at} language={language} text={relativeTime(language, at, Date.now())} />;
}

const TimeElement = ({ at, language, text }: TimeProps & { language: Language; text: string }) => (
  <time dateTime={at} title={dateTimeText(language, at)}>
    {text}
  </time>
);
