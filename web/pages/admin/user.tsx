import { useText } from '../../i18n/language.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';

export default function User() {
  const text = useText();
  return <PageHeading title={text.navUsers} />;
}
