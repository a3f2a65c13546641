import { useText } from '../i18n/language.tsx';
import { ButtonLink } from '../layout/button-link.tsx';
import { PageHeading } from '../layout/page-heading.tsx';

/** There is no page at the address. */
export default function NotFound() {
  const text = useText();
  return (
    <>
      <PageHeading title={text.notFoundTitle} lead={text.notFoundLead} />
      <div className="next-step">
        <ButtonLink to="/account" label={text.goToAccount} />
      </div>
    </>
  );
}
